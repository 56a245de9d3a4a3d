# SPDX-License-Identifier: Apache-2.0
"""The family's door by letter: a code and one birth date open the notice, the answer and the receipt (U1)."""
