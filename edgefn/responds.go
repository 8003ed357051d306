package edgefn

// Responds reports whether responses to requests of the route may have to be
// changed, so that its behaviors need the viewer-response function.
func (r Route) Responds() bool {
	documents := false
	destinations := []Destination{r.Destination}
	if r.Split != nil {
		destinations = r.Split.Destinations
	}
	for _, d := range destinations {
		documents = documents || d.Documents != nil && (d.Documents.NotFound != "" || len(d.Documents.Immutable) > 0)
	}
	return documents || r.Restore || r.Split != nil && r.Split.Cookie != "" || r.Code.responds()
}

func (h Hooks) responds() bool { return h.BeforeResponse != nil || h.AfterResponse != nil }
