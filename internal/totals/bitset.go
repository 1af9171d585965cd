package totals

import mathbits "math/bits"

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

// add puts i into the set and reports whether it was not in it before.
func (b bitset) add(i int32) bool {
	before := b[i/64]
	b[i/64] |= 1 << (i % 64)
	return b[i/64] != before
}

// merge adds a whole set, and calls do with each number that was not in b before.
func (b bitset) merge(more bitset, do func(i int32)) {
	for w, word := range more {
		for added := word &^ b[w]; added != 0; added &= added - 1 {
			do(int32(64*w + mathbits.TrailingZeros64(added)))
		}
		b[w] |= word
	}
}

// index numbers keys in the order in which they come.
type index[T comparable] struct {
	keys    []T
	numbers map[T]int32
}

// add is the number of a key, a new number for a new key.
func (x *index[T]) add(key T) int32 {
	i, ok := x.numbers[key]
	if !ok {
		if x.numbers == nil {
			x.numbers = map[T]int32{}
		}
		i = int32(len(x.keys))
		x.numbers[key], x.keys = i, append(x.keys, key)
	}
	return i
}

// find is the number of a key, -1 when the key is not known.
func (x *index[T]) find(key T) int32 {
	if i, ok := x.numbers[key]; ok {
		return i
	}
	return -1
}
