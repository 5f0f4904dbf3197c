//! Tests of the whole room, on small guidelines.

mod checking;
mod differing;
mod evaluating;
mod making;

use std::path::PathBuf;

use super::Guideline;
use crate::syntax::SourceFile;

/// A guideline without a mistake.
pub(super) const GOOD: &str = r#"{
  "metadata": {
    "id": "2026.11",
    "schema": "2.0",
    "reference": "https://example.org/schema",
    "source": "https://example.org/2026.11.json",
    "scoring": {
      "cutoff_score": 10,
      "criteria": {
        "deployed": { "name": "Deployed", "description": "d", "weight": 8 },
        "tools": { "name": "Tools", "description": "d", "weight": 6 }
      }
    },
    "os_trademark_approval": {
      "target_approval": "2026.11", "releases": ["r"], "status": "draft"
    }
  },
  "platforms": {
    "EC2 Powered Compute": { "components": [{ "name": "compute" }] },
    "OpenStack Powered Compute": { "components": [{ "name": "compute" }] }
  },
  "components": {
    "compute": {
      "capabilities": {
        "required": ["keys", "groups"],
        "advisory": ["tags"]
      }
    }
  },
  "capabilities": {
    "keys": {
      "achievements": ["deployed", "tools"], "admin": false, "description": "Keys", "project": "ec2",
      "tests": {
        "parallax.keys.one": {
          "idempotent_id": "id-00000000-0000-4000-8000-000000000001",
          "aliases": ["parallax.keys.former"]
        },
        "parallax.keys.two": {
          "idempotent_id": "id-00000000-0000-4000-8000-000000000002",
          "flagged": { "date": "2026-11-01", "reason": "[D404] Known good endpoints differ.", "action": "Agree." }
        }
      }
    },
    "groups": {
      "achievements": ["deployed", "tools"], "admin": false, "description": "Groups", "project": "ec2",
      "tests": {
        "parallax.groups.one": { "idempotent_id": "id-00000000-0000-4000-8000-000000000003" }
      }
    },
    "tags": {
      "achievements": ["tools"], "admin": false, "description": "Tags", "project": "ec2",
      "tests": {
        "parallax.tags.one": { "idempotent_id": "id-00000000-0000-4000-8000-000000000004" }
      }
    }
  },
  "designated_sections": {},
  "test_repositories": { "suite": { "repository": "https://example.org/suite" } }
}
"#;

pub(super) fn guideline(text: &str) -> Guideline {
    let file = SourceFile { path: PathBuf::from("g.json"), text: text.to_owned() };
    Guideline::parse(&file).expect("a guideline")
}

/// The good guideline with a part of it replaced.
pub(super) fn with(part: &str, other: &str) -> String {
    assert!(GOOD.contains(part), "{part}");
    GOOD.replacen(part, other, 1)
}
