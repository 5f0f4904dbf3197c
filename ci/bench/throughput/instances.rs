//! An answer to DescribeInstances with every member that AWS sends for a running instance.

use std::fmt::Write as _;

/// The answer, pretty-printed as AWS prints it; the same for the same number.
pub fn describe_instances(instances: usize) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n    \
         <requestId>8f7724cf-496f-496e-8fe3-5c9a9e1f0b7d</requestId>\n    <reservationSet>\n",
    );
    for number in 0..instances {
        reservation(&mut xml, number);
    }
    xml.push_str("    </reservationSet>\n</DescribeInstancesResponse>");
    xml
}

fn reservation(xml: &mut String, number: usize) {
    let values = Values::of(number);
    let mut indent = 2;
    for line in TEMPLATE.lines() {
        let line = line.trim();
        if line.starts_with("</") {
            indent -= 1;
        }
        (0..indent).for_each(|_| xml.push_str("    "));
        fill(xml, line, &values);
        xml.push('\n');
        if line.starts_with('<') && !line.contains("</") && !line.ends_with("/>") {
            indent += 1;
        }
    }
}

/// Copies a line; `{x}` is replaced by the instance's own.
fn fill(xml: &mut String, line: &str, values: &Values) {
    let mut pieces = line.split(['{', '}']);
    xml.push_str(pieces.next().unwrap_or_default());
    while let Some(name) = pieces.next() {
        values.write(name, xml);
        xml.push_str(pieces.next().unwrap_or_default());
    }
}

/// What differs between instances.
struct Values {
    number: usize,
    hex: String,
    address: String,
}

impl Values {
    fn of(number: usize) -> Values {
        // Ids of AWS begin with a zero and look random after it.
        let mut state = number as u64 + 1;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state >> 16
        };
        let hex = format!("0{:016x}", (next() << 16) ^ next());
        let address = format!("{}-{}-{}", number >> 16 & 255, number >> 8 & 255, number & 255);
        Values { number, hex, address }
    }

    fn write(&self, name: &str, xml: &mut String) {
        let n = self.number;
        let written = match name {
            "hex" => write!(xml, "{}", self.hex),
            "dashes" => write!(xml, "{}", self.address),
            "dots" => write!(xml, "{}", self.address.replace('-', ".")),
            "mac" => {
                write!(xml, "02:{:02x}:{:02x}:{:02x}:5a:1f", n >> 16 & 255, n >> 8 & 255, n & 255)
            }
            "net" => write!(xml, "{:017x}", n / 200 + 1),
            "zone" => write!(xml, "{}", ["a", "b", "c"][n % 3]),
            "second" => write!(xml, "{:02}", n % 60),
            "minute" => write!(xml, "{:02}", n / 60 % 60),
            "number" => write!(xml, "{n}"),
            other => unreachable!("no value {other}"),
        };
        written.expect("a string takes everything");
    }
}

/// One reservation. The members, their order and their forms are those of answers that AWS gave in
/// 2023 to 2025; all values are made up.
const TEMPLATE: &str = include_str!("reservation.xml");
