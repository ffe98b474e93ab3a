//! The report: one line a measurement, with what it stands beside and the ratio of the two.

/// The lines so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 4]>,
}

impl Report {
    /// Adds a measurement, what was measured beside it in the same run, and their ratio.
    pub(crate) fn add(&mut self, what: &str, measured: String, beside: String, ratio: String) {
        self.rows.push([what.to_owned(), measured, beside, ratio]);
    }

    /// Prints the lines as a table.
    pub(crate) fn print(&self) {
        let head = ["what", "measured", "beside it, in the same run", "ratio"].map(str::to_owned);
        let rows = || std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let [what, measured, beside] = [width(0), width(1), width(2)];
        println!();
        for [one, two, three, four] in rows() {
            println!("{one:<what$}  {two:<measured$}  {three:<beside$}  {four}");
        }
    }
}
