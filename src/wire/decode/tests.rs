//! What is read of elements, and what is noted about them.

use serde_json::json;

use super::super::Document;
use super::*;

fn decode(action: &str, xml: &str) -> Decoded {
    let model = Model::ec2();
    let document = Document::parse(xml.as_bytes()).expect("well-formed");
    decode_output(model, model.action(action).expect("known").output, &document.root)
}

#[test]
fn members_types_and_what_does_not_fit() {
    let decoded = decode(
        "DescribeVpcs",
        "<DescribeVpcsResponse><requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId>\
         <state>weird</state><isDefault>False</isDefault><tagSet/><dhcpOptionsId></dhcpOptionsId>\
         <own>1</own></item></vpcSet></DescribeVpcsResponse>",
    );
    assert_eq!(
        *decoded.value,
        json!({"Vpcs": [{"VpcId": "vpc-1", "State": "weird", "IsDefault": false, "Tags": [],
                         "DhcpOptionsId": "", "own": "1"}]})
    );
    let kinds: Vec<_> = decoded.notes.iter().map(|n| (n.path.as_str(), &n.kind)).collect();
    assert_eq!(
        kinds,
        [
            (
                "Vpcs[].State",
                &NoteKind::NotInEnum { shape: "VpcState".into(), text: "weird".into() }
            ),
            ("Vpcs[].IsDefault", &NoteKind::BooleanForm("False".into())),
            ("Vpcs[].Tags", &NoteKind::Empty(true)),
            ("Vpcs[].DhcpOptionsId", &NoteKind::Empty(false)),
            ("Vpcs[].own", &NoteKind::Unknown("own".into())),
        ]
    );
}

#[test]
fn times_as_the_sdk_reads_them() {
    for good in [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.000Z",
        "2026-01-31t12:00:00.123456789z",
        "2026-01-31T12:00:00+00:00",
        "2026-01-31T12:00:00.5-02:30",
    ] {
        assert!(is_time(good), "{good}");
    }
    for bad in [
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-01-31",
        "20260131T120000Z",
        "2026-02-31T12:00:00Z",
        "2026-01-31T12:00:00+0000",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00ZZ",
        "1769860800",
        " 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00é",
        "",
    ] {
        assert!(!is_time(bad), "{bad}");
    }
}

#[test]
fn what_no_client_can_parse_is_not_of_its_type() {
    let decoded = decode(
        "DescribeVolumes",
        "<r><volumeSet><item><size> 8 </size><createTime/><encrypted>TRUE </encrypted>\
         <iops></iops><fastRestored>False</fastRestored></item></volumeSet></r>",
    );
    assert_eq!(
        *decoded.value,
        json!({"Volumes": [{"Size": 8, "CreateTime": "", "Encrypted": true, "Iops": "",
                            "FastRestored": false}]})
    );
    let wrong: Vec<_> = decoded
        .notes
        .iter()
        .filter(|n| matches!(n.kind, NoteKind::NotOfType { .. }))
        .map(|n| n.path.as_str())
        .collect();
    assert_eq!(
        wrong,
        ["Volumes[].Size", "Volumes[].CreateTime", "Volumes[].Encrypted", "Volumes[].Iops"]
    );
}

#[test]
fn a_list_too_many_and_what_is_in_the_wrong_place() {
    let decoded = decode(
        "DescribeVolumes",
        "<r><volumeSet><item><item><volumeId>vol-1</volumeId></item></item><item>\
         <attachmentSet>text</attachmentSet><size><value>1</value></size>\
         <tagSet/><tagSet/><status>in-use</status><status>in-use</status></item></volumeSet></r>",
    );
    let kinds: Vec<_> = decoded.notes.iter().map(|n| (n.path.as_str(), n.of, &n.kind)).collect();
    let found = |path, of, kind| {
        assert!(kinds.contains(&(path, of, &kind)), "{kind:?} is not in {kinds:#?}");
    };
    let expected = "item".to_owned();
    let nested = NoteKind::ItemName { expected, found: "item><item".to_owned() };
    found("Volumes[]", Place::Structure, nested);
    found("Volumes[].Attachments", Place::List, NoteKind::StrayText("text".to_owned()));
    found("Volumes[].Size", Place::Value, NoteKind::StrayElements("value".to_owned()));
    found("Volumes[].Tags", Place::List, NoteKind::Repeated("tagSet".to_owned()));
    found("Volumes[].State", Place::Value, NoteKind::Repeated("status".to_owned()));
}

#[test]
fn an_element_in_another_case_is_not_the_member() {
    let decoded = decode(
        "DescribeVpcs",
        "<r><vpcSet><item><VpcId>vpc-1</VpcId><vpcid>vpc-2</vpcid></item></vpcSet></r>",
    );
    assert_eq!(*decoded.value, json!({"Vpcs": [{"vpcid": "vpc-2"}]}));
    assert_eq!(decoded.notes.len(), 2, "{:?}", decoded.notes);
}

#[test]
fn a_member_under_another_name_is_not_there() {
    let decoded = decode(
        "DescribeVpcs",
        "<r><vpcSet><item><VpcId>vpc-1</VpcId><stat>available</stat><cidrBlock>c</cidrBlock>\
         <cidr-block>d</cidr-block><tags/></item></vpcSet></r>",
    );
    assert_eq!(
        *decoded.value,
        json!({"Vpcs": [{"CidrBlock": "c", "stat": "available", "cidr-block": "d", "tags": ""}]})
    );
    let misnamed = |member: &str, expected: &str, found: &str, certain| NoteKind::Misnamed {
        member: member.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
        certain,
    };
    let kinds: Vec<_> = decoded.notes.into_iter().map(|n| n.kind).collect();
    assert_eq!(
        kinds,
        [
            misnamed("VpcId", "vpcId", "VpcId", true),
            misnamed("State", "state", "stat", false),
            NoteKind::Unknown("cidr-block".into()),
            misnamed("Tags", "tagSet", "tags", true),
        ]
    );
}

#[test]
fn items_outside_of_their_list() {
    for (xml, path) in [
        ("<r><item><vpcId>vpc-1</vpcId></item></r>", "item"),
        ("<r><vpcSet><item><item><vpcId>vpc-1</vpcId></item></item></vpcSet></r>", "Vpcs[].item"),
    ] {
        let notes = decode("DescribeVpcs", xml).notes;
        let (kind, of) = (NoteKind::LooseItem, Place::Nothing);
        assert!(notes.contains(&Note { path: path.to_owned(), kind, of }), "{notes:?}");
    }
}

#[test]
fn wrong_types_do_not_stop_it() {
    let decoded = decode(
        "DescribeVolumes",
        "<r><volumeSet><member><size>x</size><createTime>yesterday</createTime></member>text</volumeSet></r>",
    );
    assert_eq!(*decoded.value, json!({"Volumes": [{"Size": "x", "CreateTime": "yesterday"}]}));
    assert_eq!(decoded.notes.len(), 4, "{:?}", decoded.notes);
}
