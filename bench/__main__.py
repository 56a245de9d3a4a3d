# SPDX-License-Identifier: Apache-2.0
"""Measures every claim, one file after another, says at the end what was kept, and writes the page of figures."""

import subprocess
import sys

from measuring import BENCH, kept, page, said_limit, stored

missed = []
for script in sorted(BENCH.glob("[a-z]*.py")):
    print(f"\n== {script.name}", flush=True)
    if subprocess.run([sys.executable, str(script), *sys.argv[1:]], check=False).returncode:
        missed.append(script.name)
print("\n== all claims")
for result in stored():
    print(f"  {'kept' if kept(result) else 'MISSED':7} {result['name']:18} {said_limit(result)}")
page.PAGE.write_text(page.written(stored()), "utf-8")
sys.exit(f"A limit was missed, or a measurement failed, in {', '.join(missed)}." if missed else 0)
