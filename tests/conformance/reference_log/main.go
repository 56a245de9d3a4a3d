// SPDX-License-Identifier: Apache-2.0

// Reads a log of ours and writes one of its own with golang.org/x/mod/sumdb, the packages note and tlog: the reference
// that c2sp.org/signed-note and tlog-tiles were written from. It shares no code with us.
//
//	main check DIR VKEY    the log in DIR, and the proofs beside it in DIR/proofs.json
//	main write DIR NAME N  a log of N entries in DIR, with proofs.json; prints its verifier key
//	main open VKEY         for each note of a JSON list on stdin, whether it opens
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
	prefix = "go.sum database tree\n" // how tlog knows the three lines of a tree; ours begin with the origin
)

// Proofs of one log: of each record, and that the tree of each smaller size begins it. The hashes are base64.
type Proofs struct {
	Records []tlog.RecordProof
	Trees   []tlog.TreeProof // of size 1, 2, 3 and so on
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "check" {
		check(os.Args[2], os.Args[3])
	} else if len(os.Args) == 5 && os.Args[1] == "write" {
		count, err := strconv.ParseInt(os.Args[4], 10, 64)
		must(err)
		write(os.Args[2], os.Args[3], count)
	} else if len(os.Args) == 3 && os.Args[1] == "open" {
		open(os.Args[2])
	} else {
		panic("check DIR VKEY, write DIR NAME N, or open VKEY")
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func opened(raw []byte, vkey string) (*note.Note, error) {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	return note.Open(raw, note.VerifierList(verifier))
}

// --- a log on the disk ---

// A folder of tiles as C2SP names them: without the height that tlog puts into its paths.
type folder string

func (f folder) path(tile tlog.Tile) string {
	name := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return filepath.Join(string(f), "tile", strings.Replace(name, "data/", "entries/", 1))
}

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		raw, err := os.ReadFile(f.path(tile))
		if err != nil {
			return nil, err
		}
		found = append(found, raw)
	}
	return found, nil
}

func (f folder) put(tile tlog.Tile, raw []byte) {
	must(os.MkdirAll(filepath.Dir(f.path(tile)), 0o700))
	must(os.WriteFile(f.path(tile), raw, 0o600))
}

// entries returns every entry of a log, out of its bundles: each after its length in two bytes.
func (f folder) entries(size int64) [][]byte {
	var found [][]byte
	for first := int64(0); first < size; first += width {
		held := size - first
		if held > width {
			held = width
		}
		raw, err := os.ReadFile(f.path(tlog.Tile{H: height, L: -1, N: first / width, W: int(held)}))
		must(err)
		for len(raw) > 0 {
			length := int(binary.BigEndian.Uint16(raw))
			found = append(found, raw[2:2+length])
			raw = raw[2+length:]
		}
	}
	return found
}

// --- check ---

func check(dir, vkey string) {
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	signed, err := opened(raw, vkey)
	must(err)
	_, lines, _ := strings.Cut(signed.Text, "\n")
	tree, err := tlog.ParseTree([]byte(prefix + lines))
	must(err)
	if string(tlog.FormatTree(tree)) != prefix+lines {
		must(fmt.Errorf("the checkpoint has more than tlog would print"))
	}
	reader := tlog.TileHashReader(tree, folder(dir)) // refuses a tile that does not belong to the tree
	reached, err := tlog.TreeHash(tree.N, reader)
	must(err)
	if reached != tree.Hash {
		must(fmt.Errorf("the tiles give another root"))
	}
	var theirs Proofs
	raw, err = os.ReadFile(filepath.Join(dir, "proofs.json"))
	must(err)
	must(json.Unmarshal(raw, &theirs))
	entries := folder(dir).entries(tree.N)
	if int64(len(entries)) != tree.N || len(theirs.Records) != len(entries) || len(theirs.Trees) != len(entries) {
		must(fmt.Errorf("the log has %d entries and %d proofs", len(entries), len(theirs.Records)))
	}
	for index, entry := range entries {
		at := int64(index)
		must(tlog.CheckRecord(theirs.Records[index], tree.N, tree.Hash, at, tlog.RecordHash(entry)))
		proof, err := tlog.ProveRecord(tree.N, at, reader)
		must(err)
		must(same(proof, theirs.Records[index]))
		before, err := tlog.TreeHash(at+1, reader)
		must(err)
		must(tlog.CheckTree(theirs.Trees[index], tree.N, tree.Hash, at+1, before))
		grown, err := tlog.ProveTree(tree.N, at+1, reader)
		must(err)
		must(same(grown, theirs.Trees[index]))
	}
	fmt.Println(tree.N)
}

func same(ours, theirs []tlog.Hash) error {
	if len(ours) != len(theirs) {
		return fmt.Errorf("a proof has %d hashes, and the reference has %d", len(theirs), len(ours))
	}
	for at := range ours {
		if ours[at] != theirs[at] {
			return fmt.Errorf("a proof is valid, and is not the one of the reference")
		}
	}
	return nil
}

// --- write ---

func write(dir, name string, count int64) {
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	must(err)
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	bundle := bytes.Buffer{}
	for at := int64(0); at < count; at++ {
		entry := []byte(fmt.Sprintf("entry %d of the reference", at))
		hashes, err := tlog.StoredHashes(at, entry, reader)
		must(err)
		stored = append(stored, hashes...)
		must(binary.Write(&bundle, binary.BigEndian, uint16(len(entry))))
		bundle.Write(entry)
		if (at+1)%width == 0 || at+1 == count {
			folder(dir).put(tlog.Tile{H: height, L: -1, N: at / width, W: int(at%width) + 1}, bundle.Bytes())
			bundle.Reset()
		}
	}
	for _, tile := range tlog.NewTiles(height, 0, count) {
		raw, err := tlog.ReadTileData(tile, reader)
		must(err)
		folder(dir).put(tile, raw)
	}
	root, err := tlog.TreeHash(count, reader)
	must(err)
	tree := tlog.Tree{N: count, Hash: root}
	text := name + "\n" + strings.TrimPrefix(string(tlog.FormatTree(tree)), prefix)
	signer, err := note.NewSigner(skey)
	must(err)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	must(os.WriteFile(filepath.Join(dir, "checkpoint"), signed, 0o600))
	made := Proofs{}
	for at := int64(0); at < count; at++ {
		record, err := tlog.ProveRecord(count, at, reader)
		must(err)
		made.Records = append(made.Records, record)
		grown, err := tlog.ProveTree(count, at+1, reader)
		must(err)
		made.Trees = append(made.Trees, grown)
	}
	raw, err := json.Marshal(made)
	must(err)
	must(os.WriteFile(filepath.Join(dir, "proofs.json"), raw, 0o600))
	fmt.Println(vkey)
}

// --- open ---

func open(vkey string) {
	var notes [][]byte // base64
	must(json.NewDecoder(os.Stdin).Decode(&notes))
	answers := []bool{}
	for _, raw := range notes {
		_, err := opened(raw, vkey)
		answers = append(answers, err == nil)
	}
	must(json.NewEncoder(os.Stdout).Encode(answers))
}
