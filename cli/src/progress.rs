//! How far a run is, for whoever watches it at a terminal.

use dorcas_gazelle::{Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error; nothing at all where that isn't a terminal.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new(shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        // Without colours: they would not obey NO_COLOR.
        let style = ProgressStyle::with_template("{msg:>10} [{bar:40}] {human_pos}/{human_len} directories")
            .expect("the template is sound")
            .progress_chars("=> ");
        Self(ProgressBar::with_draw_target(Some(0), target).with_style(style).with_message("reading"))
    }

    /// Takes the bar off the screen, before anything else is written there.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, stage: Stage, directories: usize) {
        self.0.set_length(directories as u64);
        self.0.set_position(0);
        self.0.set_message(match stage {
            Stage::Generate => "generating",
            Stage::Resolve => "resolving",
            _ => "working",
        });
    }

    fn step(&self) {
        self.0.inc(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_counts_each_stage_from_nothing() {
        let bar = Bar::new(false);
        bar.begin(Stage::Generate, 3);
        bar.step();
        bar.step();
        assert_eq!((bar.0.position(), bar.0.length(), bar.0.message().as_str()), (2, Some(3), "generating"));
        bar.begin(Stage::Resolve, 2);
        assert_eq!((bar.0.position(), bar.0.length(), bar.0.message().as_str()), (0, Some(2), "resolving"));
    }
}
