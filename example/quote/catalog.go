// Package quote prices print jobs and plans their production. It holds no state: everything is
// computed from the catalog below and from what a request says.
package quote

// Currency is the currency of every amount, which is a whole number of cents before tax.
const Currency = "EUR"

// Item is one thing the print shop makes.
type Item struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Paper      string `json:"paper"`
	Width      int    `json:"widthMm"`
	Height     int    `json:"heightMm"`
	SetupCents int    `json:"setupCents"`
	UnitCents  int    `json:"unitCents"`
}

// Discount lowers the unit price of a job of at least From pieces.
type Discount struct {
	From    int `json:"from"`
	Percent int `json:"percent"`
}

// Items is the catalog, in the order in which it is shown.
var Items = []Item{
	{"business-cards", "Business cards", "350 g board", 85, 55, 1500, 9},
	{"postcards", "Postcards A6", "300 g board", 148, 105, 1500, 18},
	{"flyers", "Flyers A5", "135 g gloss", 148, 210, 1200, 14},
	{"posters", "Posters A3", "170 g matt", 297, 420, 900, 190},
}

// Discounts are in rising order of quantity; the last one that a job reaches counts.
var Discounts = []Discount{{250, 10}, {1000, 25}}

func find(id string) (Item, bool) {
	for _, item := range Items {
		if item.ID == id {
			return item, true
		}
	}
	return Item{}, false
}

func discountPercent(quantity int) int {
	percent := 0
	for _, discount := range Discounts {
		if quantity >= discount.From {
			percent = discount.Percent
		}
	}
	return percent
}
