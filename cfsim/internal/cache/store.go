package cache

import "time"

// The methods in this file are called with c.mu held.

// lookup returns the entry under a key and marks it as used.
func (c *Cache) lookup(k key) *entry {
	at := c.entries[k]
	if at == nil {
		return nil
	}
	c.recent.MoveToFront(at)
	return at.Value.(*entry)
}

// find returns the entry to answer a request with, or the request's own to
// validate. A HEAD request is answered with the object itself if that takes no
// more than leaving out the body.
func (c *Cache) find(k key, now time.Time) *entry {
	if k.kind == head {
		if e := c.lookup(key{k.name, whole}); e != nil {
			if s, _ := e.state(now); s == fresh || s == staleHeldBack {
				return e
			}
		}
	}
	return c.lookup(k)
}

// put stores an entry that a flight brought, unless it was invalidated
// meanwhile or a later flight was faster.
func (c *Cache) put(f *flight, e *entry) {
	e.sequence = f.sequence
	if f.void || !c.drop(f) || e.size() > c.maxBytes {
		return
	}
	c.entries[e.key] = c.recent.PushFront(e)
	c.bytes += e.size()
	c.evict()
}

// drop forgets the entry that a flight's answer supersedes. It is false when
// the answer is the older one.
func (c *Cache) drop(f *flight) bool {
	if at := c.entries[f.key]; at != nil {
		if at.Value.(*entry).sequence > f.sequence {
			return false
		}
		c.remove(at.Value.(*entry))
	}
	return true
}

func (c *Cache) remove(e *entry) {
	at := c.entries[e.key]
	c.recent.Remove(at)
	delete(c.entries, e.key)
	c.bytes -= e.size()
}

// reserve asks for memory for a body that is arriving, or gives it back when n
// is negative. It is false when all of the cache would not be enough.
func (c *Cache) reserve(n int64) bool {
	if n > 0 && c.arriving+n > c.maxBytes {
		return false
	}
	c.arriving += n
	c.evict()
	return true
}

// evict removes the least recently used entries until the rest fits.
func (c *Cache) evict() {
	for c.bytes+c.arriving > c.maxBytes && c.recent.Len() > 0 {
		c.remove(c.recent.Back().Value.(*entry))
	}
}
