# SPDX-License-Identifier: Apache-2.0
"""How records come in: a return becomes typed columns and coded findings.

This room decides whether a file is well formed, whole, and true to its own rules. It refuses to know whose file
it is, what is already held, and where anything is stored: no database, no clock, no Django. One module per format;
England's School Census is `school_census`.
"""
