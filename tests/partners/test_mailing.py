"""Mails go out behind the answer, one that fails takes no other with it, and none is logged."""

from __future__ import annotations

import socketserver
import threading
import time

import pytest

from partners.mailing import Mailer, mail_invitation


class Server(socketserver.ThreadingTCPServer):
    """Takes mails as RFC 5321 has it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.mails = []
        self.refuses = ""


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "RCPT" and self.server.refuses and self.server.refuses in line:
                self.say("550 nobody")
            elif word == "DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(b"".join(lines).decode())
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server():
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def mailer(server):
    mailer = Mailer(f"smtp://127.0.0.1:{server.server_address[1]}", "desk@touchstone.example")
    mailer.start()
    yield mailer
    mailer.stop()


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_an_invitation_is_mailed_with_its_link(server, mailer):
    mail_invitation(mailer, "ann@acme.example", "https://touchstone.example/join?token=abc")
    wait_for(lambda: server.mails)
    [mail] = server.mails
    assert "To: ann@acme.example" in mail
    assert "https://touchstone.example/join?token=abc" in mail


def test_a_mail_that_fails_takes_no_other_with_it_and_is_not_told(server, mailer, capfd):
    server.refuses = "nobody@"
    mail_invitation(mailer, "nobody@acme.example", "https://touchstone.example/join?token=secret")
    mailer.send(lambda: 1 / 0)
    mail_invitation(mailer, "ann@acme.example", "https://touchstone.example/join?token=abc")
    wait_for(lambda: len(server.mails) == 1)
    seen = "".join(capfd.readouterr())
    assert "mail not sent" in seen
    assert "nobody@" not in seen
    assert "secret" not in seen


def test_nothing_to_write_sends_nothing(server, mailer):
    mailer.send(lambda: None)
    mail_invitation(mailer, "ann@acme.example", "link")
    wait_for(lambda: server.mails)
    assert len(server.mails) == 1


def test_a_password_is_not_sent_to_a_server_without_tls(server, capfd):
    mailer = Mailer(f"smtp://user:geheim@127.0.0.1:{server.server_address[1]}", "desk@touchstone.example")
    mailer.start()
    mail_invitation(mailer, "ann@acme.example", "link")
    seen = []
    wait_for(lambda: seen.append(capfd.readouterr().out) or any("mail not sent" in each for each in seen))
    mailer.stop()
    assert server.mails == []
