"""What people hand over, as texts: mails, messages of Outlook, web pages, documents and pictures of a dialog.

One room for all ways in: the command line, the page, the API, MCP and batch. Formats that need a library of their own
are in the extra ``files``, pictures in ``ocr``; each is imported where such a file is met.
"""

from mailwhy.documents.errors import DocumentError
from mailwhy.documents.opening import Document, documents_of_text, open_document

__all__ = ["Document", "DocumentError", "documents_of_text", "open_document"]
