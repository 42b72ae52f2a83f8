"""What each question is for, told so that a language model picks the right one. Both doors tell it in these words."""

__all__ = ["DIAGNOSE", "DIALOGUE", "EXPLAIN", "SEARCH", "SERVICE"]

SERVICE = (
    "mailwhy says why an e-mail was not sent or not delivered, and what to do, from the error message that Outlook, "
    "Outlook Express, Windows Mail, Windows Live Mail, Exchange, Microsoft 365 or a mail server printed. Answers come "
    "in the language asked for (English, French), with steps for the user's own mail program. It reads no mailbox, "
    "sends nothing and keeps nothing."
)

DIAGNOSE = (
    "Say why an e-mail was not sent or not delivered, and what to do, from the error message itself. Use it whenever "
    "the user quotes or pastes a message of a mail program, a bounce, a notice of non-delivery or a server's reply, "
    "even a damaged or partial one, or a whole ticket or thread that contains one. Pass the text on exactly as it was "
    "given. The answer ranks the causes with a confidence, tells who has to act, and gives numbered steps. If it has a "
    "question, ask the user, then call again with the same text and answers={question id: option id}. If diagnoses is "
    "empty, the text holds no error message: ask the user to paste it whole, or offer the suggestions."
)

EXPLAIN = (
    "Say what one mail error code means, when the user gives a code alone and no message around it: an error number "
    "of Outlook or Windows (0x800CCC79 or -2146644871), an SMTP reply code (550), an enhanced status code (5.7.1), a "
    "socket error (10060) or an error number of Outlook for Mac (-19738). With a whole message, diagnose that instead: "
    "the server's words tell more than the number."
)

SEARCH = (
    "Search what is known about mail that does not go out, when the user describes a problem in his own words and "
    'quotes neither a message nor a code ("my mail stays in the Outbox"), or asks about a mail provider. Gives causes, '
    "symptoms, codes, remedies and providers, best first."
)

DIALOGUE = (
    "Find out whether a message needs relaying (the outgoing server has to pass it on to another provider) and whether "
    "the server will let it through, by a few questions: where the user is, whose connection, whose addresses. Use it "
    'for "relaying denied" and "why can I send from home but not from here?". Begin with no answers; ask the user the '
    "question that comes back, add the answer, and call again with all answers so far, until there is an outcome."
)
