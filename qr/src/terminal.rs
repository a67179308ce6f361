use crate::QrCode;

/// Black letters on white. The numbers are of the 256-colour palette: unlike the first 16 colours,
/// these are the same in every theme.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

impl QrCode {
    /// Returns the code as text for a terminal. A character shows two modules, one above the other.
    ///
    /// It sets both colours, so that it looks the same on a dark and on a light background. Each
    /// line ends with a line break.
    #[must_use]
    pub fn terminal(&self) -> String {
        self.half_blocks([' ', '▄', '▀', '█'], BLACK_ON_WHITE, RESET)
    }

    /// Returns the code as text without colours, for a terminal that shows light letters on a dark
    /// background: the blocks are the light modules.
    ///
    /// On a light background the colours are exchanged. Most scanners read the code all the same.
    #[must_use]
    pub fn plain(&self) -> String {
        self.half_blocks(['█', '▀', '▄', ' '], "", "")
    }

    /// Draws the code with these characters: for two light modules, for a dark one below, for a
    /// dark one above, and for two dark modules. Each line has the `begin` and the `end`.
    fn half_blocks(
        &self,
        [light, below, above, dark]: [char; 4],
        begin: &str,
        end: &str,
    ) -> String {
        let mut text = String::new();
        // If the number of rows is odd, the last line ends with a row of the quiet zone.
        for y in (0..self.picture_size()).step_by(2) {
            text.push_str(begin);
            for x in 0..self.picture_size() {
                let is_dark = |y| self.is_dark_in_picture(x, y);
                text.push(match (is_dark(y), is_dark(y + 1)) {
                    (false, false) => light,
                    (false, true) => below,
                    (true, false) => above,
                    (true, true) => dark,
                });
            }
            text.push_str(end);
            text.push('\n');
        }
        text
    }
}
