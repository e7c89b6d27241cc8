"""Reads a page as a browser's parser would, and prints as JSON what is in it and what is wrong with it.

usage: page.py < HTML

Wrong is: an element that is not closed or closed twice, a script, an event's attribute, anything that would be fetched.
"""
import json
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link"}
FETCHING = {"script", "iframe", "object", "embed", "link", "img", "audio", "video", "source", "base", "form", "image", "use"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []
        self.cells, self.headings, self.labels, self.classes, self.ids = [], [], [], set(), []
        self.drawings = 0

    def handle_starttag(self, tag, attributes):
        if tag in FETCHING:
            self.wrong.append(f"<{tag}>")
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "href", "xlink:href", "action", "srcset", "style"):
                self.wrong.append(f"{tag} {name}")
            if name == "class":
                self.classes.update(value.split())
            if name == "id":
                self.ids.append(value)
        self.drawings += tag == "svg"
        if tag not in VOID:
            self.open.append(tag)
        for kind, texts in (("td", self.cells), ("th", self.headings), ("text", self.labels)):
            if tag == kind:
                texts.append("")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data):
        for kind, texts in (("td", self.cells), ("th", self.headings), ("text", self.labels)):
            if kind in self.open:
                texts[-1] += data
        if self.open and self.open[-1] == "style" and re.search(r"url\(|@import|@font-face", data):
            self.wrong.append("a style that fetches")


text = sys.stdin.read()
page = Page()
page.feed(text)
page.close()
page.wrong += [f"<{tag}> stays open" for tag in page.open]
page.wrong += re.findall(r"\w+://[^\s<\"]*", text)
if len(set(page.ids)) != len(page.ids):
    page.wrong.append("an id stands twice")
print(json.dumps({
    "wrong": page.wrong, "cells": page.cells, "headings": page.headings, "labels": page.labels,
    "classes": sorted(page.classes), "drawings": page.drawings,
}))
