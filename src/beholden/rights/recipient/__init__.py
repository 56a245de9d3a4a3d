# SPDX-License-Identifier: Apache-2.0
"""What a recipient may see and do: its routes, what it agreed to, what is due, and its signed words (D19, D25).

Each function here takes one frozen question, opens with the reference and key inside it, and gives one frozen answer of
plain values. What a recipient signs it signs on its own machine; here it brings text and signature.
"""
