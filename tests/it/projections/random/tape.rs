//! A row of numbers that is read as a row of choices, so that a failing case shrinks to a short one. When the numbers
//! end, the first choice is taken, and that is always the simplest.

/// The choices that are left.
pub struct Tape<'a> {
    choices: &'a [u16],
    at: usize,
}

impl<'a> Tape<'a> {
    pub fn new(choices: &'a [u16]) -> Self {
        Self { choices, at: 0 }
    }

    /// One of the numbers below `of`.
    pub fn pick(&mut self, of: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % of
    }

    /// One of some texts.
    pub fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.pick(of.len())]
    }
}
