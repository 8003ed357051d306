package quote

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrice(t *testing.T) {
	for _, test := range []struct {
		job     Job
		percent int
		cents   int
	}{
		{Job{"business-cards", 1}, 0, 1509},
		{Job{"business-cards", 249}, 0, 3741},
		{Job{"business-cards", 250}, 10, 3525},
		{Job{"business-cards", 255}, 10, 3566}, // 2065.5 cents, rounded up
		{Job{"flyers", 1000}, 25, 11700},
		{Job{"posters", 100_000}, 25, 14_250_900},
	} {
		t.Run(fmt.Sprint(test.job), func(t *testing.T) {
			quote, err := Price(Request{Jobs: []Job{test.job}})
			if err != nil {
				t.Fatal(err)
			}
			line := quote.Lines[0]
			if line.DiscountPercent != test.percent || line.TotalCents != test.cents || quote.TotalCents != test.cents {
				t.Errorf("got %d%%, line %d, total %d; want %d%%, %d",
					line.DiscountPercent, line.TotalCents, quote.TotalCents, test.percent, test.cents)
			}
		})
	}
}

func TestPriceAddsUp(t *testing.T) {
	quote, err := Price(Request{Jobs: []Job{{"flyers", 10}, {"posters", 2}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := 1200 + 140 + 900 + 380; quote.TotalCents != want {
		t.Errorf("got %d cents, want %d", quote.TotalCents, want)
	}
}

func TestProblems(t *testing.T) {
	price := func(body string, isBase64 bool) error {
		request, err := Parse(body, isBase64)
		if err == nil {
			_, err = Price(request)
		}
		return err
	}
	for _, test := range []struct {
		name, body string
		isBase64   bool
		status     int
		detail     string
	}{
		{"no body", "", false, 400, "not valid"},
		{"no JSON", "flyers", false, 400, "not valid"},
		{"wrong type", `{"jobs": [{"item": "flyers", "quantity": "many"}]}`, false, 400, "quantity"},
		{"no base64", "%", true, 400, "base64"},
		{"no jobs", "e30=", true, 422, "0 jobs"},
		{"too many jobs", `{"jobs": [` + strings.Repeat("{},", maxJobs) + `{}]}`, false, 422, "21 jobs"},
		{"unknown item", `{"jobs": [{"item": "stamps", "quantity": 1}]}`, false, 422, `job 1: there is no item "stamps"`},
		{"too few", `{"jobs": [{"item": "flyers", "quantity": 0}]}`, false, 422, "quantity is 0"},
		{"too many", `{"jobs": [{"item": "flyers", "quantity": 100001}]}`, false, 422, "quantity is 100001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			problem := AsProblem(price(test.body, test.isBase64))
			if problem.Status != test.status || !strings.Contains(problem.Detail, test.detail) {
				t.Errorf("got %d %q, want %d and a detail with %q", problem.Status, problem.Detail, test.status, test.detail)
			}
		})
	}
}

func TestAsProblemHidesOtherErrors(t *testing.T) {
	if problem := AsProblem(errors.New("secret")); problem.Status != 500 || strings.Contains(problem.JSON(), "secret") {
		t.Errorf("got %s", problem.JSON())
	}
}

func TestPlan(t *testing.T) {
	quote, err := Price(Request{Jobs: []Job{{"business-cards", 500}, {"posters", 1000}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Job 1: 500 × Business cards on 350 g board",
		"  21 to a sheet: 24 sheets and 11 for waste",
		"  13 min at the press, 12 of them to make ready",
		"Job 2: 1000 × Posters A3 on 170 g matt",
		"  1 to a sheet: 1000 sheets and 40 for waste",
		"  38 min at the press, 12 of them to make ready",
		"All jobs: 1075 sheets, 0 h 51 min at the press",
		"Ready 2 working days after your files arrive",
	}
	if diff := cmp.Diff(want, slices.Collect(Plan(quote))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestPriceList keeps the file that customers download in step with the prices that are charged.
func TestPriceList(t *testing.T) {
	file, err := os.Open("../files/price-list.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"item", "name", "paper", "width_mm", "height_mm", "per_sheet", "setup_eur", "piece_eur"}}
	for _, item := range Items {
		want = append(want, []string{
			item.ID, item.Name, item.Paper, fmt.Sprint(item.Width), fmt.Sprint(item.Height), fmt.Sprint(perSheet(item)),
			fmt.Sprintf("%.2f", float64(item.SetupCents)/100), fmt.Sprintf("%.2f", float64(item.UnitCents)/100),
		})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
