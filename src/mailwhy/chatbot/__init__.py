"""The chatbot's way in: an HTTP service, an MCP server, and feedback on what helped.

``answering`` gives the answers; ``http`` and ``mcp`` are two doors to it, and neither knows the other.
"""
