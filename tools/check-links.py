#!/usr/bin/env python3
"""Does every link in the documentation lead somewhere?

    tools/check-links.py            checks all tracked Markdown files

Checks links to files of this repository and anchors of headings, as the usual forges compute them. Also checks that every page of
docs/ is linked from another page. Addresses of other sites are not requested.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()\s]*\))?)(?:\s+\"[^\"]*\")?\)")


def pages():
    tracked = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    names = filter(None, tracked.stdout.decode().split("\0"))
    return {path: path.read_text(encoding="utf-8") for path in sorted(ROOT / name for name in names) if path.is_file()}


def without_code(text):
    """The same lines; code blocks and spans are blank, because brackets in them are no links."""
    text = re.sub(r"^(```|~~~).*?^\1[^\n]*$", lambda block: "\n" * block[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "``", text)


def anchors(text):
    found, seen = set(), {}
    text = re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", text, flags=re.MULTILINE | re.DOTALL)
    for title in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", text, re.MULTILINE):
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
        slug = re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(f"{slug}-{count}" if count else slug)
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))


def main():
    texts = pages()
    faults, linked = [], set()
    for page, text in texts.items():
        for number, line in enumerate(without_code(text).split("\n"), 1):
            for target in LINK.findall(line):
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                name, _, anchor = target.partition("#")
                path = (page.parent / name).resolve() if name else page
                place = f"{page.relative_to(ROOT)}:{number}"
                if not path.exists():
                    faults.append(f"{place}: {target}: there is no such file")
                elif anchor and path.suffix == ".md" and anchor not in anchors(texts.get(path) or path.read_text(encoding="utf-8")):
                    faults.append(f"{place}: {target}: {path.name} has no such heading")
                elif path != page:
                    linked.add(path)
    for page in texts:
        if page.parent == ROOT / "docs" and page not in linked:
            faults.append(f"{page.relative_to(ROOT)}: no other page links to it")
    print("\n".join(faults) or f"{len(texts)} pages, all links lead somewhere")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
