//! What has to be let go of before a thing can be removed.

use serde_json::{Value, json};

use super::Thing;
use crate::run::kinds::{find, texts};

/// Calls that take a thing out of use, as far as its listing shows that it is. `tries`: how often its
/// removal was refused; protections are only then taken off.
pub(super) fn loosen(thing: &Thing, tries: u32) -> Vec<(&'static str, Value)> {
    let id = thing.id();
    let all = |path: &str| texts(path, &thing.value);
    match thing.kind.name {
        "internet gateway" => {
            let detach =
                |vpc| ("DetachInternetGateway", json!({"InternetGatewayId": id, "VpcId": vpc}));
            all("Attachments[].VpcId").into_iter().map(detach).collect()
        }
        "virtual private gateway" => {
            let detach = |vpc| ("DetachVpnGateway", json!({"VpnGatewayId": id, "VpcId": vpc}));
            thing.parents.iter().map(detach).collect()
        }
        "network interface" => {
            // The first interface of an instance goes with it, and with nothing else.
            let first = find("Attachment.DeviceIndex", &thing.value) == json!(0);
            let attachment = if first { Vec::new() } else { all("Attachment.AttachmentId") };
            let detach =
                |id| ("DetachNetworkInterface", json!({"AttachmentId": id, "Force": true}));
            attachment.into_iter().map(detach).collect()
        }
        "address" if thing.is_used() => match all("AssociationId").pop() {
            Some(association) => {
                vec![("DisassociateAddress", json!({"AssociationId": association}))]
            }
            None => {
                let by_ip = |ip| ("DisassociateAddress", json!({"PublicIp": ip}));
                all("PublicIp").into_iter().map(by_ip).collect()
            }
        },
        "volume" if thing.is_used() => vec![("DetachVolume", json!({"VolumeId": id}))],
        "route table" => {
            let leave = |id| ("DisassociateRouteTable", json!({"AssociationId": id}));
            let own = all("Associations[?!Main].RouteTableAssociationId");
            own.into_iter().map(leave).collect()
        }
        "image" if tries > 0 => {
            vec![("DisableImageDeregistrationProtection", json!({"ImageId": id}))]
        }
        "instance" if tries > 0 => {
            let off = json!({"InstanceId": id, "DisableApiTermination": {"Value": false}});
            vec![("ModifyInstanceAttribute", off)]
        }
        // Two groups that name each other in their rules keep each other.
        "security group" if tries > 0 => {
            let both = [
                ("RevokeSecurityGroupIngress", "IpPermissions[]"),
                ("RevokeSecurityGroupEgress", "IpPermissionsEgress[]"),
            ];
            both.into_iter()
                .filter_map(|(action, path)| Some((action, rules(thing, path)?)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The rules of a group that name groups, as the input of the call that revokes them.
fn rules(group: &Thing, path: &str) -> Option<Value> {
    let rules = find(path, &group.value);
    let naming = rules.as_array()?.iter().filter_map(|rule| {
        let groups: Vec<Value> = texts("UserIdGroupPairs[].GroupId", rule)
            .iter()
            .map(|id| json!({"GroupId": id}))
            .collect();
        if groups.is_empty() {
            return None;
        }
        let mut revoked = json!({"UserIdGroupPairs": groups});
        for member in ["IpProtocol", "FromPort", "ToPort"] {
            if let Some(value) = rule.get(member).filter(|value| !value.is_null()) {
                revoked[member] = value.clone();
            }
        }
        Some(revoked)
    });
    let naming: Vec<Value> = naming.collect();
    (!naming.is_empty()).then(|| json!({"GroupId": group.id(), "IpPermissions": naming}))
}
