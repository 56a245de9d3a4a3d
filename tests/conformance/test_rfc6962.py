# SPDX-License-Identifier: Apache-2.0
"""RFC 6962 trees against published cases: 196 proofs, most corrupted on purpose, and the known roots. D27."""

import base64
import json

import pytest

from beholden.ledger import tree

# The eight inputs that Certificate Transparency implementations have been tested with since 2012, and the
# root after each of them.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size):
    leaves = [tree.leaf_hash(bytes.fromhex(one)) for one in INPUTS[:size]]

    assert tree.root(leaves).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert tree.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def _decoded(text):
    return base64.b64decode(text, validate=True)


def _check(case):
    proof = [_decoded(one) for one in case["proof"] or []]
    if "leafIdx" in case:
        tree.verify_inclusion(
            index=case["leafIdx"],
            size=case["treeSize"],
            leaf=_decoded(case["leafHash"]),
            proof=proof,
            root=_decoded(case["root"]),
        )
    else:
        tree.verify_consistency(
            old_size=case["size1"],
            new_size=case["size2"],
            old_root=_decoded(case["root1"]),
            new_root=_decoded(case["root2"]),
            proof=proof,
        )


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_published_proofs(shared, kind):
    cases = json.loads((shared / "vectors" / "rfc6962" / f"{kind}.json").read_text())
    assert len(cases) == 98
    differing = []
    for case in cases:
        try:
            _check(case)
        except tree.ProofRefused:
            refused = True
        else:
            refused = False
        if refused != case["wantErr"]:
            differing.append(case["name"])
    assert differing == []
