# SPDX-License-Identifier: Apache-2.0
"""What a registrar may see and do: what waits by its day, and each step of a use as one question (D18, D26).

Each function here takes one frozen question, opens with the reference and key inside it, and gives one frozen answer of
plain values. The exact figures of a decision are the registrar's alone; a *no* of few families joins the other reasons
even here.
"""
