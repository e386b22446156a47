#!/usr/bin/env python3
"""Runs the snippets of docs/api.md, as they stand there.

    snippets.py sh BASE             runs those of curl, in one shell
    snippets.py python BASE FOLDER  runs those in Python; FOLDER: where the generated package `client` is
    snippets.py ts BASE             writes those in TypeScript to standard output, as one module
"""

import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "api.md"


def snippets(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    # What every language says first, and one for each journey.
    assert len(found) == 4, f"{len(found)} snippets in {language}"
    return found


def main(language, base, folder=None):
    code = "\n".join(snippets(language))
    if language == "sh":
        subprocess.run(["bash", "-euo", "pipefail", "-c", code], env={"BASE": base, "PATH": "/usr/local/bin:/usr/bin:/bin"}, check=True)
    elif language == "python":
        sys.path.insert(0, folder)
        exec(compile(code, str(PAGE), "exec"), {"BASE": base})
    else:
        print(f'declare const process: {{ argv: string[] }};\nconst BASE = process.argv[2] ?? "{base}";\n{code}')


main(*sys.argv[1:])
