package quote

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
)

const (
	maxJobs     = 20
	maxQuantity = 100_000
)

// Request lists the jobs that a client wants priced.
type Request struct {
	Jobs []Job `json:"jobs"`
}

// Job asks for a number of pieces of one item.
type Job struct {
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
}

// Quote is a priced request.
type Quote struct {
	Currency   string `json:"currency"`
	Lines      []Line `json:"lines"`
	TotalCents int    `json:"totalCents"`
}

// Line is one priced job.
type Line struct {
	Item            Item `json:"item"`
	Quantity        int  `json:"quantity"`
	DiscountPercent int  `json:"discountPercent"`
	TotalCents      int  `json:"totalCents"`
}

// Parse reads a request body as Lambda hands it over: as text, or in base64 when the content type
// is not one that Lambda takes for text.
func Parse(body string, isBase64 bool) (Request, error) {
	data := []byte(body)
	if isBase64 {
		decoded, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return Request{}, NewProblem(http.StatusBadRequest, "the body is not valid base64")
		}
		data = decoded
	}
	var request Request
	if err := json.Unmarshal(data, &request); err != nil {
		return Request{}, NewProblem(http.StatusBadRequest,
			`the body is not valid: `+err.Error()+`; send {"jobs": [{"item": "flyers", "quantity": 500}]}`)
	}
	return request, nil
}

// Price prices every job of a request, or returns a [Problem] that names the first job at fault.
func Price(request Request) (Quote, error) {
	if n := len(request.Jobs); n < 1 || n > maxJobs {
		return Quote{}, NewProblem(http.StatusUnprocessableEntity,
			fmt.Sprintf("the request has %d jobs; send 1 to %d", n, maxJobs))
	}
	quote := Quote{Currency: Currency}
	for i, job := range request.Jobs {
		line, err := priceJob(job)
		if err != nil {
			return Quote{}, NewProblem(http.StatusUnprocessableEntity, fmt.Sprintf("job %d: %v", i+1, err))
		}
		quote.Lines = append(quote.Lines, line)
		quote.TotalCents += line.TotalCents
	}
	return quote, nil
}

func priceJob(job Job) (Line, error) {
	item, ok := find(job.Item)
	if !ok {
		return Line{}, fmt.Errorf("there is no item %q; see the catalog", job.Item)
	}
	if job.Quantity < 1 || job.Quantity > maxQuantity {
		return Line{}, fmt.Errorf("the quantity is %d; send 1 to %d", job.Quantity, maxQuantity)
	}
	percent := discountPercent(job.Quantity)
	// Adding half of the divisor rounds half a cent up.
	pieces := (item.UnitCents*job.Quantity*(100-percent) + 50) / 100
	return Line{Item: item, Quantity: job.Quantity, DiscountPercent: percent, TotalCents: item.SetupCents + pieces}, nil
}
