//! Which image and which type of all that there are: what boots soonest and costs least.

use std::collections::BTreeMap;

use serde_json::Value;

/// An image that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) id: String,
    pub(super) architecture: Option<String>,
}

/// The image to boot of the answer to DescribeImages: a machine's, available, not Windows, and none
/// that a run of ours left. Public ones first, as somebody keeps them, then CirrOS, which is made for
/// this, then the one with the smallest disks; names decide the rest, so that it is always the same.
pub(super) fn image(output: &Value) -> Option<Image> {
    let images = output.get("Images")?.as_array()?;
    let text = |image: &Value, key: &str| image.get(key)?.as_str().map(str::to_lowercase);
    let usable = images.iter().filter(|image| {
        let is = |key, what| text(image, key).is_none_or(|value| value == what);
        is("State", "available")
            && is("ImageType", "machine")
            && text(image, "Platform").is_none_or(|platform| !platform.contains("windows"))
            && text(image, "Name").is_none_or(|name| !name.starts_with("parallax-"))
    });
    let best = usable.min_by_key(|image| {
        let public = image.get("Public").and_then(Value::as_bool).unwrap_or(false);
        let name = text(image, "Name").unwrap_or_default();
        let architecture = text(image, "Architecture").unwrap_or_else(|| "x86_64".to_owned());
        let id = text(image, "ImageId");
        (!public, architecture != "x86_64", !name.contains("cirros"), disks(image), name, id)
    })?;
    Some(Image { id: best.get("ImageId")?.as_str()?.to_owned(), architecture: architecture(best) })
}

/// The architecture of the first image of an answer.
pub(super) fn architecture_of_first(output: &Value) -> Option<String> {
    architecture(output.get("Images")?.as_array()?.first()?)
}

fn architecture(image: &Value) -> Option<String> {
    image.get("Architecture")?.as_str().map(str::to_owned)
}

/// GiB of all disks, as far as they are said.
fn disks(image: &Value) -> i64 {
    let mappings = image.get("BlockDeviceMappings").and_then(Value::as_array);
    let sizes =
        mappings.into_iter().flatten().filter_map(|m| m.get("Ebs")?.get("VolumeSize")?.as_i64());
    sizes.sum()
}

/// The type with the least memory, then the fewest processors, that runs images of this architecture,
/// of the answer to DescribeInstanceTypes.
pub(super) fn smallest_type(output: &Value, architecture: Option<&str>) -> Option<String> {
    let types = output.get("InstanceTypes")?.as_array()?;
    let fits = |kind: &&Value| {
        let supported =
            kind.pointer("/ProcessorInfo/SupportedArchitectures").and_then(Value::as_array);
        let bare = kind.get("BareMetal").and_then(Value::as_bool).unwrap_or(false);
        !bare
            && match (supported, architecture) {
                (Some(all), Some(wanted)) if !all.is_empty() => {
                    all.iter().any(|one| one.as_str() == Some(wanted))
                }
                _ => true,
            }
    };
    let number =
        |kind: &Value, at: &str| kind.pointer(at).and_then(Value::as_i64).unwrap_or(i64::MAX);
    let name = |kind: &Value| kind.get("InstanceType")?.as_str().map(str::to_owned);
    let best =
        types.iter().filter(fits).filter(|kind| name(kind).is_some()).min_by_key(|kind| {
            (
                number(kind, "/MemoryInfo/SizeInMiB"),
                number(kind, "/VCpuInfo/DefaultVCpus"),
                name(kind),
            )
        })?;
    name(best)
}

/// The type that most machines have which are there, of the answer to DescribeInstances.
pub(super) fn type_in_use(output: &Value) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for reservation in output.get("Reservations")?.as_array()? {
        for instance in reservation.get("Instances").and_then(Value::as_array).into_iter().flatten()
        {
            let state = instance.pointer("/State/Name").and_then(Value::as_str);
            let kind = instance.get("InstanceType").and_then(Value::as_str);
            if let (Some(kind), Some("running" | "stopped")) = (kind, state) {
                *counts.entry(kind).or_default() += 1;
            }
        }
    }
    let (kind, _) =
        counts.into_iter().max_by_key(|(kind, count)| (*count, std::cmp::Reverse(*kind)))?;
    Some(kind.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chosen(images: Value) -> Option<String> {
        image(&json!({ "Images": images })).map(|image| image.id)
    }

    #[test]
    fn the_image_that_boots_soonest() {
        let of_size = |id: &str, gib: i64| {
            json!({"ImageId": id, "Name": id, "State": "available", "ImageType": "machine", "Public": true,
                   "BlockDeviceMappings": [{"Ebs": {"VolumeSize": gib}}, {"VirtualName": "ephemeral0"}]})
        };
        let with = |id: &str, key: &str, value: Value| {
            let mut image = of_size(id, 1);
            image[key] = value;
            image
        };
        assert_eq!(
            chosen(json!([of_size("b", 9), of_size("a", 8), of_size("c", 8)])),
            Some("a".into())
        );
        for (key, value) in [
            ("State", json!("pending")),
            ("ImageType", json!("kernel")),
            ("Platform", json!("windows")),
            ("Name", json!("parallax-1234-images-create")),
        ] {
            let images = json!([with("unusable", key, value), of_size("usable", 100)]);
            assert_eq!(chosen(images), Some("usable".into()), "{key}");
        }
        let own = with("own", "Public", json!(false));
        assert_eq!(chosen(json!([own, of_size("public", 100)])), Some("public".into()));
        let arm = with("arm", "Architecture", json!("arm64"));
        assert_eq!(chosen(json!([arm, of_size("x86", 100)])), Some("x86".into()));
        let cirros = json!({"ImageId": "ami-9", "Name": "CirrOS 0.6", "Public": true});
        assert_eq!(chosen(json!([of_size("a", 0), cirros])), Some("ami-9".into()));
        assert_eq!(chosen(json!([])), None);
        assert_eq!(image(&json!(null)), None);
    }

    #[test]
    fn the_smallest_type() {
        let of = |name: &str, memory: i64, processors: i64, architecture: &str| {
            json!({"InstanceType": name, "MemoryInfo": {"SizeInMiB": memory},
                   "VCpuInfo": {"DefaultVCpus": processors},
                   "ProcessorInfo": {"SupportedArchitectures": [architecture]}})
        };
        let mut metal = of("metal", 1, 1, "x86_64");
        metal["BareMetal"] = json!(true);
        let unknown = json!({"InstanceType": "unknown"});
        let types = json!({"InstanceTypes": [
            unknown, of("large", 8192, 2, "x86_64"), of("t3.nano", 512, 2, "x86_64"),
            of("t2.nano", 512, 1, "x86_64"), of("t4g.nano", 512, 1, "arm64"), metal,
        ]});
        assert_eq!(smallest_type(&types, Some("x86_64")).as_deref(), Some("t2.nano"));
        assert_eq!(smallest_type(&types, Some("arm64")).as_deref(), Some("t4g.nano"));
        assert_eq!(smallest_type(&types, None).as_deref(), Some("t2.nano"));
        // A cloud that names only its types is taken at its word.
        assert_eq!(
            smallest_type(&json!({"InstanceTypes": [{"InstanceType": "m1"}]}), Some("arm64"))
                .as_deref(),
            Some("m1")
        );
        assert_eq!(smallest_type(&json!({"InstanceTypes": []}), None), None);
    }

    #[test]
    fn what_is_in_use_works() {
        let of = |kind: &str, state: &str| json!({"InstanceType": kind, "State": {"Name": state}});
        let output = json!({"Reservations": [
            {"Instances": [of("b", "running"), of("a", "stopped")]},
            {"Instances": [of("c", "terminated"), of("c", "terminated"), of("c", "pending")]},
            {"Instances": []}, {},
        ]});
        assert_eq!(type_in_use(&output).as_deref(), Some("a"));
        assert_eq!(type_in_use(&json!({"Reservations": []})), None);
    }
}
