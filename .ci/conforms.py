#!/usr/bin/env python3
"""Do the routes that are finished keep the contract?

    conforms.py ROUTES RESULTS

ROUTES lists the labels of the finished routes (`A GET /api/v1/creators/`), one a line; RESULTS is what the contract suite
wrote with --json. Fails when a listed route does not conform or is not in the results.

    conforms.py --documents ROUTES        prints the letters of the documents that ROUTES names: A,B
"""
import json
import sys


def listed(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def main():
    if sys.argv[1:2] == ["--documents"]:
        print(",".join(sorted({label[0] for label in listed(sys.argv[2])})))
        return
    finished = listed(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        results = {f"{row['document']} {row['route']}": row for row in json.load(file)["routes"]}
    if not finished:
        sys.exit("contract: no route is listed as finished, so nothing was checked")
    bad = [label for label in finished if label not in results or not results[label]["conforms"]]
    for label in bad:
        for fault in results.get(label, {}).get("faults") or ["not in the results: is it spelt as in routes.txt?"]:
            print(f"FAIL {label}: {fault}")
    ahead = sorted(label for label, row in results.items() if row["conforms"] and label not in finished)
    print(f"{len(finished) - len(bad)} of {len(finished)} listed routes conform")
    if ahead:
        print(f"{len(ahead)} more conform and are not listed in {sys.argv[1]}: " + "; ".join(ahead))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
