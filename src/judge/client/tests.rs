use std::collections::BTreeSet;

use super::actions::{DECODERS, NOT_IN_SDK};
use super::*;
use crate::model::Model;

const REQUEST_ID: [(&str, &str); 1] = [("x-amzn-requestid", "r")];

/// What the SDK cannot decode in a success with this inside its outermost element.
fn stops(action: &str, inside: &str) -> String {
    let body = format!("<{action}Response>{inside}</{action}Response>");
    stops_at(action, 200, body.as_bytes())
}

fn stops_at(action: &str, status: u16, body: &[u8]) -> String {
    match read(action, status, &REQUEST_ID, body) {
        Some(Reading::Unreadable(why)) => why.to_string(),
        other => panic!("{action}: {other:?} from {}", String::from_utf8_lossy(body)),
    }
}

#[test]
fn every_action_that_the_sdk_has() {
    assert!(DECODERS.is_sorted_by(|(a, _), (b, _)| a < b), "found by binary search");
    let model: BTreeSet<&str> = Model::ec2().actions().map(|a| a.name.as_str()).collect();
    let sdk: BTreeSet<&str> = DECODERS.iter().map(|(action, _)| *action).collect();
    let missing: BTreeSet<&str> = NOT_IN_SDK.iter().copied().collect();
    assert!(sdk.is_disjoint(&missing));
    let known: BTreeSet<&str> = sdk.union(&missing).copied().collect();
    let new: Vec<_> = model.difference(&known).collect();
    let gone: Vec<_> = known.difference(&model).collect();
    assert!(new.is_empty() && gone.is_empty(), "run ci/actions.py: new {new:?}, gone {gone:?}");
}

#[test]
fn every_decoder_reads_success_and_refusal() {
    for (action, _) in &DECODERS {
        let body = format!("<{action}Response><requestId>r</requestId></{action}Response>");
        let request_id = Some("r".to_owned());
        let output = Reading::Output { request_id: request_id.clone() };
        assert_eq!(read(action, 200, &REQUEST_ID, body.as_bytes()), Some(output), "{action}");
        let body = "<Response><Errors><Error><Code>A.B</Code><Message>m</Message></Error></Errors>\
                    <RequestID>r</RequestID></Response>";
        let refusal = Reading::Refusal { code: Some("A.B".to_owned()), request_id };
        assert_eq!(read(action, 400, &REQUEST_ID, body.as_bytes()), Some(refusal), "{action}");
    }
    assert_eq!(read("DescribeClouds", 200, &[], b"<DescribeCloudsResponse/>"), None);
}

#[test]
fn a_value_that_is_not_of_its_type() {
    for (action, inside, expected) in [
        (
            "DescribeVolumes",
            "<volumeSet><item><size>8</size></item><item><size>8 GiB</size></item></volumeSet>",
            r#"Volumes[].Size: "8 GiB" is not a whole number"#,
        ),
        (
            "DescribeVolumes",
            "<volumeSet><item><size>99999999999</size></item></volumeSet>",
            r#"Volumes[].Size: "99999999999" is not a whole number of 32 bits (-2147483648 to 2147483647)"#,
        ),
        (
            "DescribeInstanceTypes",
            "<instanceTypeSet><item><memoryInfo><sizeInMiB>9223372036854775808</sizeInMiB></memoryInfo></item></instanceTypeSet>",
            r#"InstanceTypes[].MemoryInfo.SizeInMiB: "9223372036854775808" is not a whole number of 64 bits"#,
        ),
        ("CreateVolume", "<size/>", "Size: the SDK reads nothing where a whole number is expected"),
        (
            "CreateVolume",
            "<size><![CDATA[8]]></size>",
            "Size: the SDK reads nothing where a whole number is expected",
        ),
        ("CreateVolume", "<size> 8</size>", r#"Size: " 8" is not a whole number"#),
        (
            "DescribeVpcs",
            "<vpcSet><item><isDefault>False</isDefault></item></vpcSet>",
            r#"Vpcs[].IsDefault: "False" is not true or false"#,
        ),
        (
            "DescribeInstances",
            "<reservationSet><item><instancesSet><item><launchTime>2026-01-31 12:00:00</launchTime></item></instancesSet></item></reservationSet>",
            r#"Reservations[].Instances[].LaunchTime: "2026-01-31 12:00:00" is not a time with its zone, such as 2026-01-31T12:00:00.000Z"#,
        ),
        (
            "GetConsoleOutput",
            "<timestamp>1769860800</timestamp>",
            r#"Timestamp: "1769860800" is not a time with its zone, such as 2026-01-31T12:00:00.000Z"#,
        ),
        (
            "DescribeSpotPriceHistory",
            "<spotPriceHistorySet><item><timestamp></timestamp></item></spotPriceHistorySet>",
            "SpotPriceHistory[].Timestamp: the SDK reads nothing where a time with its zone, such as 2026-01-31T12:00:00.000Z is expected",
        ),
        (
            "DescribeInstanceTypes",
            "<instanceTypeSet><item><processorInfo><sustainedClockSpeedInGhz>3,1</sustainedClockSpeedInGhz></processorInfo></item></instanceTypeSet>",
            r#"InstanceTypes[].ProcessorInfo.SustainedClockSpeedInGhz: "3,1" is not a number"#,
        ),
        (
            "GetInstanceUefiData",
            "<uefiData>&nbsp;</uefiData>",
            "UefiData: invalid XML escape: nbsp",
        ),
    ] {
        assert_eq!(stops(action, inside), expected);
    }
}

#[test]
fn base64() {
    // The one member of the API that is bytes.
    let inside = "<bundleInstanceTask><storage><S3><uploadPolicy>%%</uploadPolicy></S3></storage></bundleInstanceTask>";
    let expected = r#"BundleTask.Storage.S3.UploadPolicy: "%%" is not base64"#;
    assert_eq!(stops("BundleInstance", inside), expected);
}

#[test]
fn elements_in_the_wrong_place() {
    let nested = "<vpcSet><item><vpcId><item>vpc-1</item></vpcId></item></vpcSet>";
    let expected = "Vpcs[].VpcId: there are elements where a plain value is expected";
    assert_eq!(stops("DescribeVpcs", nested), expected);
    let list = "<instanceTypeSet><item><supportedBootModes><item><item>uefi</item></item></supportedBootModes></item></instanceTypeSet>";
    let expected =
        "InstanceTypes[].SupportedBootModes[]: there are elements where a plain value is expected";
    assert_eq!(stops("DescribeInstanceTypes", list), expected);
}

#[test]
fn prefixes_are_nothing_to_the_sdk() {
    let body =
        b"<e:CreateVolumeResponse xmlns:e=\"urn:x\"><e:size>many</e:size></e:CreateVolumeResponse>";
    assert_eq!(stops_at("CreateVolume", 200, body), r#"Size: "many" is not a whole number"#);
}

#[test]
fn answers_that_are_wrong_as_a_whole() {
    for (body, expected) in [
        (
            &b"<DescribeVpcResponse/>"[..],
            "body: the outermost element is <DescribeVpcResponse>, not <DescribeVpcsResponse>",
        ),
        (b"", "body: there is no element in it"),
        (b"plain", "body: there is no element in it"),
        (
            b"<DescribeVpcsResponse><vpcSet><item><vpcId>v\xffpc",
            "Vpcs[].VpcId: byte 44, 0xff, is not UTF-8",
        ),
    ] {
        assert_eq!(stops_at("DescribeVpcs", 200, body), expected);
    }
    let cut = b"<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>fal";
    assert_eq!(
        stops_at("DescribeVpcs", 200, cut),
        r#"Vpcs[].IsDefault: "fal" is not true or false"#
    );
    // Where it is cut between values, and where tags do not match, the SDK does not look: that these
    // are no documents is for the model layer to say.
    let cut = b"<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId><isDefault";
    let mismatched = b"<DescribeVpcsResponse><vpcSet><item></vpcSet></DescribeVpcsResponse>";
    for body in [&cut[..], mismatched] {
        assert!(matches!(read("DescribeVpcs", 200, &[], body), Some(Reading::Output { .. })));
    }
    let mismatched = b"<CreateVolumeResponse><size>x</volumeId></CreateVolumeResponse>";
    assert_eq!(stops_at("CreateVolume", 200, mismatched), r#"Size: "x" is not a whole number"#);
}

#[test]
fn refusals_that_do_not_decode() {
    let nested = b"<Response><Errors><Error><Code><b>X</b></Code></Error></Errors></Response>";
    let expected = "error.code: there are elements where a plain value is expected";
    assert_eq!(stops_at("DescribeVpcs", 400, nested), expected);
    let bytes =
        b"<Response><Errors><Error><Message>\xe9t\xe9</Message></Error></Errors></Response>";
    let expected = "error.message: byte 34, 0xe9, is not UTF-8";
    assert_eq!(stops_at("DescribeVpcs", 400, bytes), expected);
    assert_eq!(stops_at("DescribeVpcs", 503, b"busy"), "body: there is no element in it");
}

#[test]
fn a_long_value_is_cut() {
    let inside = format!("<size>{}</size>", "é".repeat(1000));
    assert!(stops("CreateVolume", &inside).len() < 250);
}
