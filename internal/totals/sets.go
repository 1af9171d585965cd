package totals

import mathbits "math/bits"

// bits is a set of small numbers.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

// add puts i into the set and reports whether it was not there.
func (b bits) add(i int32) bool {
	was := b[i/64]
	b[i/64] |= 1 << (i % 64)
	return b[i/64] != was
}

// merge puts all of a set into b, and hands those that were not there to do.
func (b bits) merge(more bits, do func(i int32)) {
	for w, word := range more {
		for fresh := word &^ b[w]; fresh != 0; fresh &= fresh - 1 {
			do(int32(64*w + mathbits.TrailingZeros64(fresh)))
		}
		b[w] |= word
	}
}

// ids gives each name a place in a list.
type ids[T comparable] struct {
	names []T
	at    map[T]int32
}

// of is the place of a name, a new one for a new name.
func (l *ids[T]) of(name T) int32 {
	i, ok := l.at[name]
	if !ok {
		if l.at == nil {
			l.at = map[T]int32{}
		}
		i = int32(len(l.names))
		l.at[name], l.names = i, append(l.names, name)
	}
	return i
}

// find is the place of a name that is asked for; -1: it stands nowhere.
func (l *ids[T]) find(name T) int32 {
	if i, ok := l.at[name]; ok {
		return i
	}
	return -1
}
