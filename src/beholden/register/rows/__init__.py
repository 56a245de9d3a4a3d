# SPDX-License-Identifier: Apache-2.0
"""What is held: immutable Parquet files under a manifest. Rows leave through read.py, which only the gate opens."""
