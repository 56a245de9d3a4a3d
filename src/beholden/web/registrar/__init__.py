# SPDX-License-Identifier: Apache-2.0
"""The registrar's door: what waits today, one use on the desk, and each step as one question."""
