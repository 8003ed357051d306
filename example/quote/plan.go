package quote

import (
	"fmt"
	"iter"
)

// A press sheet is SRA3 and every piece is printed with a bleed that the cutter takes off, so the
// sheet holds fewer pieces than their finished size suggests.
const (
	sheetWidth, sheetHeight = 320, 450
	bleed                   = 3

	makeReadyMinutes    = 12
	sheetsPerMinute     = 40
	minutesPerDay       = 7 * 60
	wasteSheets         = 10
	wastePerThousand    = 30
	deliveryWorkingDays = 1
)

// Plan yields the lines of a production plan one by one, as a client may show them while the rest
// is still being worked out.
func Plan(quote Quote) iter.Seq[string] {
	return func(yield func(string) bool) {
		sheets, minutes := 0, 0
		for i, line := range quote.Lines {
			good, waste := sheetsFor(line)
			press := makeReadyMinutes + ceil(good+waste, sheetsPerMinute)
			sheets, minutes = sheets+good+waste, minutes+press
			if !yield(fmt.Sprintf("Job %d: %d × %s on %s", i+1, line.Quantity, line.Item.Name, line.Item.Paper)) ||
				!yield(fmt.Sprintf("  %d to a sheet: %d sheets and %d for waste", perSheet(line.Item), good, waste)) ||
				!yield(fmt.Sprintf("  %d min at the press, %d of them to make ready", press, makeReadyMinutes)) {
				return
			}
		}
		_ = yield(fmt.Sprintf("All jobs: %d sheets, %d h %02d min at the press", sheets, minutes/60, minutes%60)) &&
			yield(fmt.Sprintf("Ready %d working days after your files arrive", deliveryWorkingDays+ceil(minutes, minutesPerDay)))
	}
}

func sheetsFor(line Line) (good, waste int) {
	good = ceil(line.Quantity, perSheet(line.Item))
	return good, wasteSheets + ceil(good*wastePerThousand, 1000)
}

// perSheet lays the pieces out in rows, upright or turned, whichever wastes less paper.
func perSheet(item Item) int {
	width, height := item.Width+2*bleed, item.Height+2*bleed
	upright := (sheetWidth / width) * (sheetHeight / height)
	turned := (sheetWidth / height) * (sheetHeight / width)
	return max(upright, turned)
}

func ceil(n, divisor int) int { return (n + divisor - 1) / divisor }
