"""The page for people with a browser: paste, read why, tick off the steps. Works without scripts; stores nothing."""

from mailwhy.chatbot.page.routes import add_routes

__all__ = ["add_routes"]
