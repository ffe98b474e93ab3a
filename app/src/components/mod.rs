//! Parts of pages. They take values and callbacks, and never fetch.

pub mod announcer;
pub mod choice_cards;
pub mod comments;
pub mod consequences;
pub mod dialog;
pub mod facts;
pub mod field;
pub mod filter_menu;
pub mod flow_indicator;
pub mod guidance;
pub mod help;
pub mod mark;
pub mod notice;
pub mod people;
pub mod people_table;
pub mod picker;
pub mod rules_table;
pub mod segmented;
pub mod severity_mark;
pub mod skeleton;
pub mod steps;
pub mod things_table;
pub mod time_left;
pub mod timeline;
pub mod when;
