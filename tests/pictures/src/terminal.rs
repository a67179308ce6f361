use crate::Picture;

/// The pixels for the side of a module.
const SCALE: usize = 4;

/// The colours of the letters and of what is behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colours {
    letter: u8,
    ground: u8,
}

impl Picture {
    /// Draws text as a terminal does that shows letters in the grey `letter` on the grey `ground`,
    /// until the text sets other colours.
    #[must_use]
    pub fn from_terminal(text: &str, letter: u8, ground: u8) -> Self {
        let default = Colours { letter, ground };
        let mut colours = default;
        let mut rows: Vec<Vec<u8>> = Vec::new();
        for line in text.lines() {
            let (mut above, mut below) = (Vec::new(), Vec::new());
            let mut letters = line.chars();
            while let Some(letter) = letters.next() {
                if letter == '\x1b' {
                    let sequence: String = letters.by_ref().take_while(|at| *at != 'm').collect();
                    colours = read_colours(&sequence, default);
                    continue;
                }
                let (top, bottom) = halves(letter);
                for (is_letter, row) in [(top, &mut above), (bottom, &mut below)] {
                    row.push(if is_letter {
                        colours.letter
                    } else {
                        colours.ground
                    });
                }
            }
            rows.extend([above, below]);
        }
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        Self::new(width * SCALE, rows.len() * SCALE, |x, y| {
            let row = rows.get(y / SCALE).expect("a row");
            row.get(x / SCALE).copied().unwrap_or(default.ground)
        })
    }
}

/// Returns whether the upper and the lower half of a character are filled.
fn halves(letter: char) -> (bool, bool) {
    match letter {
        ' ' => (false, false),
        '▀' => (true, false),
        '▄' => (false, true),
        '█' => (true, true),
        _ => panic!("{letter:?} is not a block"),
    }
}

/// Reads a sequence that sets both colours from the palette of 256, or none.
fn read_colours(sequence: &str, default: Colours) -> Colours {
    let numbers: Vec<_> = sequence.trim_start_matches('[').split(';').collect();
    match *numbers.as_slice() {
        ["0"] => default,
        ["38", "5", letter, "48", "5", ground] => Colours {
            letter: grey(letter),
            ground: grey(ground),
        },
        _ => panic!("{sequence:?} sets not both colours"),
    }
}

/// Returns the grey with this number: two corners of the palette's colour cube.
fn grey(number: &str) -> u8 {
    match number {
        "16" => 0,
        "231" => 255,
        _ => panic!("the colour {number} is neither black nor white"),
    }
}
