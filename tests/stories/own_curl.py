"""Sends what a `curl` line of the README says, so that the lines are proved on a machine without curl too."""

import argparse
import base64
import sys
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener


def read_line(words):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("url")
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-S", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-u", dest="user")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    parser.add_argument("--data-binary", dest="binary")
    return parser.parse_args(words)


def make_request(line):
    headers = dict(header.split(": ", 1) for header in line.headers)
    if line.user:
        headers["Authorization"] = "Basic " + base64.b64encode(line.user.encode()).decode()
    body = line.data.encode() if line.data else None
    if line.binary == "@-":
        body = sys.stdin.buffer.read()
    if body is not None:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    method = line.method or ("GET" if body is None else "POST")
    return Request(line.url, body, headers, method=method)  # noqa: S310 - the lines of our own README


def main():
    try:
        with build_opener(ProxyHandler({})).open(make_request(read_line(sys.argv[1:])), timeout=60) as answer:
            sys.stdout.buffer.write(answer.read())
    except HTTPError as error:
        sys.stdout.buffer.write(error.read())  # as curl does: the status is not its business


if __name__ == "__main__":
    main()
