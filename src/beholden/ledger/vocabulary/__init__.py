# SPDX-License-Identifier: Apache-2.0
"""What an entry of each log may say, one file for each matter. `beholden.ledger.entries` puts them together."""
