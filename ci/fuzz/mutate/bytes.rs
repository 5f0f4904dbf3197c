//! Changes bytes, whatever they mean.

use crate::chance::Chance;

pub fn change(chance: &mut Chance, mut input: Vec<u8>) -> Vec<u8> {
    let range = chance.range(input.len());
    match chance.below(7) {
        0 => input.truncate(range.start),
        1 => drop(input.drain(range)),
        2 => {
            let piece = input[range.clone()].to_vec();
            input.splice(range.end..range.end, piece);
        }
        3 => input[range].reverse(),
        4 => {
            let bytes: Vec<u8> = (0..chance.magnitude(16)).map(|_| chance.next() as u8).collect();
            input.splice(range.start..range.start, bytes);
        }
        5 if !input.is_empty() => {
            let at = chance.below(input.len());
            input[at] ^= 1 << chance.below(8);
        }
        _ if !input.is_empty() => {
            let at = chance.below(input.len());
            input[at] =
                *chance.pick(b"\0\t\n\r\x1b \"&'<>[]{}()$%/:;,.-_09aZ\x7f\x80\xc3\xed\xf4\xff");
        }
        _ => input.push(b'0'),
    }
    input
}
