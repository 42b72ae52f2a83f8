"""Dialogs of mail programs, drawn as pictures: what people photograph or send as a screenshot."""

import io
import random
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

__all__ = ["DIALOGS", "Dialog", "damaged", "drawn"]

_FONTS: Final = Path("/usr/share/fonts/truetype")
FACES: Final = {
    "sans": _FONTS / "dejavu" / "DejaVuSans.ttf",
    "liberation": _FONTS / "liberation" / "LiberationSans-Regular.ttf",
}


@dataclass(frozen=True, slots=True)
class Dialog:
    """What a dialog says, and what a reader must find in it."""

    name: str
    title: str
    text: str
    error_number: str | None
    cause: str
    face: str = "sans"
    dark: bool = False


def _express(language: str, number: str, reply: str, code: int) -> str:
    if language == "fr":
        return (
            "Le message n'a pas pu être envoyé car un des destinataires a été refusé par le serveur. L'adresse de "
            f"messagerie refusée est 'lea@boutique.example'. Objet 'Devis', Compte : 'Bureau', Serveur : "
            f"'smtp.maison.example', Protocole : SMTP, Réponse du serveur : '{reply}', Port : 25, Sécurisé (SSL) : Non, "
            f"Erreur de serveur : {code}, Numéro d'erreur : {number}"
        )
    return (
        "The message could not be sent because one of the recipients was rejected by the server. The rejected e-mail "
        f"address was 'lea@shop.example'. Subject 'Offer', Account: 'Office', Server: 'smtp.home.example', Protocol: "
        f"SMTP, Server Response: '{reply}', Port: 25, Secure(SSL): No, Server Error: {code}, Error Number: {number}"
    )


def _send_receive(language: str, number: str, words: str) -> str:
    if language == "fr":
        return f"Tâche 'lea@maison.example - Envoi' : erreur ({number}) : '{words}'"
    return f"Task 'lea@home.example - Sending' reported error ({number}) : '{words}'"


DIALOGS: Final = (
    Dialog("oe-relay-en", "Outlook Express", _express("en", "0x800CCC79", "550 5.7.1 Relaying denied", 550), "0x800CCC79", "relay_denied"),
    Dialog("oe-relay-fr", "Outlook Express", _express("fr", "0x800CCC79", "554 5.7.1 <lea@boutique.example>: Relay access denied", 554), "0x800CCC79", "relay_denied", "liberation"),
    Dialog("oe-auth-en", "Windows Mail", _express("en", "0x800CCC92", "535 5.7.8 Error: authentication failed", 535), "0x800CCC92", "auth_failed", "liberation"),
    Dialog("oe-unknown-fr", "Windows Mail", _express("fr", "0x800CCC79", "550 5.1.1 User unknown", 550), "0x800CCC79", "recipient_unknown"),
    Dialog("sr-timeout-en", "Outlook Send/Receive Progress", _send_receive("en", "0x8004210A", "The operation timed out waiting for a response from the sending (SMTP) server."), "0x8004210A", "connection_timeout"),
    Dialog("sr-refused-fr", "Progression de l'envoi/réception", _send_receive("fr", "0x80042109", "Outlook ne parvient pas à se connecter à votre serveur de messagerie sortant (SMTP)."), "0x80042109", "connection_failed", "liberation", True),
    Dialog("sr-tls-en", "Outlook Send/Receive Progress", _send_receive("en", "0x800CCC1A", "Your server does not support the connection encryption type you have specified."), "0x800CCC1A", "tls_failed", "sans", True),
    Dialog("sr-found-fr", "Progression de l'envoi/réception", _send_receive("fr", "0x800CCC0D", "Impossible de trouver le serveur de messagerie."), "0x800CCC0D", "server_not_found"),
    Dialog("tb-auth-en", "Alert", "An error occurred while sending mail. The mail server responded: 5.7.8 Error: authentication failed. Please check your user name and password and try again.", None, "auth_failed"),
    Dialog("tb-refused-fr", "Alerte", "L'envoi du message a échoué. Une erreur est survenue lors de l'envoi du courrier. Le serveur de messagerie a répondu : 550 5.1.1 <lea@boutique.example> : utilisateur inconnu. Veuillez vérifier le destinataire et réessayer.", None, "recipient_unknown", "liberation"),
    Dialog("wlm-en", "Windows Live Mail", "Unable to send or receive messages for the Office account.\n\nServer Error: 550\nServer Response: 550 5.7.1 Relaying denied\nServer: 'smtp.home.example'\nWindows Live Mail Error ID: 0x800CCC79\nProtocol: SMTP\nPort: 25\nSecure(SSL): No", "0x800CCC79", "relay_denied"),
    Dialog("wlm-fr", "Windows Live Mail", "Impossible d'envoyer ou de recevoir des messages pour le compte Bureau.\n\nErreur de serveur : 0x800CCC90\nRéponse du serveur : 530 5.7.0 Authentication required\nServeur : 'smtp.maison.example'\nIdentifiant d'erreur Windows Live Mail : 0x800CCC78\nProtocole : SMTP\nPort : 587\nSécurisé (SSL) : Oui", "0x800CCC78", "auth_required", "liberation"),
    Dialog("ndr-en", "Undeliverable: Offer", "Your message did not reach some or all of the intended recipients.\n\nSubject: Offer\nSent: 3/4/2026 9:12 AM\n\nThe following recipient(s) cannot be reached:\n\n'lea@shop.example' on 3/4/2026 9:12 AM\n550 5.7.1 Unable to relay", None, "relay_denied"),
    Dialog("ndr-fr", "Non remis : Devis", "Votre message n'est pas parvenu à certains ou à tous les destinataires prévus.\n\nObjet : Devis\nDate : 04/03/2026 09:12\n\nImpossible de contacter le(s) destinataire(s) suivant(s) :\n\n'lea@boutique.example' le 04/03/2026 09:12\n552 5.2.2 Mailbox full", None, "mailbox_full"),
    Dialog("mail-ios-en", "Cannot Send Mail", "A copy has been placed in your Outbox. The recipient \"lea@shop.example\" was rejected by the server because it does not allow relaying.", None, "relay_denied"),
)  # fmt: skip


def drawn(dialog: Dialog, dpi: int = 96) -> Image.Image:
    """A picture of the dialog as a screen of so many dots an inch shows it."""
    scale = dpi / 96
    font = ImageFont.truetype(str(FACES[dialog.face]), round(12 * scale))
    paper, ink = ((43, 43, 43), (235, 235, 235)) if dialog.dark else ((240, 240, 240), (0, 0, 0))
    lines = [wrapped for line in dialog.text.split("\n") for wrapped in (textwrap.wrap(line, 86) or [""])]
    height = round((60 + 19 * len(lines) + 50) * scale)
    picture = Image.new("RGB", (round(640 * scale), height), paper)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, picture.width, round(30 * scale)), fill=(0, 84, 166))
    draw.text((10 * scale, 7 * scale), dialog.title, font=font, fill=(255, 255, 255))
    for number, line in enumerate(lines):
        draw.text((24 * scale, (48 + 19 * number) * scale), line, font=font, fill=ink)
    draw.rectangle((540 * scale, height - 36 * scale, 620 * scale, height - 10 * scale), outline=ink)
    draw.text((568 * scale, height - 31 * scale), "OK", font=font, fill=ink)
    return picture


def damaged(picture: Image.Image, seed: int) -> Image.Image:
    """The same as it arrives in a ticket: scaled, saved as a poor JPEG, or photographed at an angle."""
    dice = random.Random(seed)
    kind = seed % 3
    if kind == 0:
        factor = dice.uniform(1.2, 1.6)
        picture = picture.resize((int(picture.width * factor), int(picture.height * factor)), Image.Resampling.BILINEAR)
    elif kind == 1:
        turned = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
        picture = turned.rotate(dice.uniform(-2, 2), Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 90, 90))
        picture = picture.filter(ImageFilter.GaussianBlur(0.8))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=dice.choice((35, 50, 65)))
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB")
