# SPDX-License-Identifier: Apache-2.0
"""Lets `python -m beholden.cli` be the command."""

from beholden.cli import main

main()
