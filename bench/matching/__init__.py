# SPDX-License-Identifier: Apache-2.0
"""Worlds in which the truth is known, for training the model of `beholden.linkage` and for measuring it.

`errors` writes a person down as a stranger might, `worlds` draws registers and requests, `public` brings the public set
febrl, `train` makes the model that comes with Beholden. None of it is part of the package.
"""
