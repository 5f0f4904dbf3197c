//! The model layer: is everything in the answer something that AWS's published API model defines, in
//! its type and place; is what a program needs there; and is it what was asked for?

mod asked;
mod check;
mod evidence;
mod identity;

pub(super) use check::check;
