"""The project names no machine: no absolute path of one, and no host it was fetched from."""

import re

MACHINE_PATH = re.compile(r"(?<![\w.:/*<-])/(?:work|root|home|Users|opt|mnt)/\w")
REGISTRY = re.compile(r"pypi\.org/simple|pythonhosted\.org|registry\.npm|deb\.debian\.org|index-url *[=:]")


def places(texts, pattern):
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if path != "tests/house/test_places.py" and pattern.search(line)
    ]


def test_no_file_holds_a_path_of_one_machine(texts):
    assert places(texts, MACHINE_PATH) == []


def test_no_file_names_a_registry_host(texts):
    assert places(texts, REGISTRY) == []
