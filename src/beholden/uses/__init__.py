# SPDX-License-Identifier: Apache-2.0
"""What somebody proposes to do with records: its life from draft to closed, decided in the open."""
