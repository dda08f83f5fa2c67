"""The values an editor sees in a YAML file: what its YAML 1.2 parser gives its schema validator."""

from typing import Any

from bot.sources.strict_yaml import Node, Scalar, Sequence, parse_yaml


def read_plain(data: bytes | str) -> Any:
    """The plain values of one YAML document."""
    return to_plain(parse_yaml(data, "plain.yaml"))


def to_plain(node: Node) -> Any:
    """The plain value of a node: only true, false, null and whole numbers are no texts."""
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    if not isinstance(node, Scalar):
        return {key.text: to_plain(value) for key, value in node.entries}
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    if node.plain and node.text in ("", "~", "null"):
        return None
    return int(node.text) if node.plain and node.text.isdecimal() and len(node.text) < 20 else node.text
