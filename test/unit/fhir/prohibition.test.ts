import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { saysProhibition } from "../../../src/fhir/words/prohibition.js";
import { bundle } from "../../support/record.js";

describe("what must not be done is found in words", () => {
  test.each([
    ...[
      "Do not resuscitate",
      "Do-not-attempt-resuscitation order",
      "Do not attempt CPR",
      "do not intubate or ventilate",
    ],
    ...[
      "DNR",
      "Code status: DNR",
      "DNR/DNI",
      "DNACPR form in place since 2021",
      "DNI.",
      "patient is DNR, not DNI",
    ],
    ...[
      "No CPR",
      "no code",
      "No intubation, no ICU",
      "Not for CPR (DNAR)",
      "Not for attempted cardiopulmonary resuscitation",
    ],
    ...[
      "Not to be resuscitated",
      "CPR should not be attempted",
      "Comfort measures only",
      "comfort care only",
      "Allow natural death",
    ],
    ...[
      "resuscitation status: not for resus",
      "Refuses blood products",
      "Declines intubation",
      "Does not want to be intubated",
    ],
    ...[
      "No blood products under any circumstances",
      "was made DNR on admission",
      "Not full code",
      "Changed from full code to DNR",
    ],
    ...[
      "In the event of cardiac arrest, do not attempt CPR",
      "If her heart stops, do not resuscitate",
      "DNR discussed and confirmed",
    ],
    ...[
      "DNR? Yes",
      "No allergies. DNR",
      "Mother states patient is DNR",
      "withhold CPR",
      "Previously full code, now DNR",
    ],
    ...[
      "Keine Reanimation",
      "keine Reanimationsmaßnahmen",
      "Nicht reanimieren, nicht intubieren",
      "Reanimation abgelehnt",
    ],
    ...[
      "Patient lehnt Bluttransfusionen ab",
      "Verzicht auf Wiederbelebung",
      "Therapiebegrenzung besprochen und festgelegt",
    ],
    ...[
      "Ne pas réanimer",
      "Pas de réanimation",
      "pas d’intubation",
      "Patient non réanimable",
      "Soins de confort uniquement",
    ],
    ...[
      "Refuse la transfusion",
      "limitation des thérapeutiques actives",
      "No reanimar",
      "No RCP",
      "Orden de no reanimar",
    ],
    ...[
      "No intubar",
      "rechaza hemoderivados",
      "Sólo medidas de confort",
      "Permitir muerte natural",
      "DO NOT RESUSCITATE",
      "No CPR, no shocks",
      "CPR: no",
      "Reanimation: nein",
      "Resuscitation not appropriate",
      "NTBR",
      "DNRCC",
      "made CMO",
      "REA: nein",
      "keine Rea",
      "Nur Komfortmaßnahmen",
      "nur noch Komforttherapie",
      "No blood products (Jehovah's Witness)",
      "Patient doesn't want CPR",
      "She doesn’t want dialysis",
      "don't resuscitate",
      "wouldn't want intubation",
      "Would never want to be intubated",
      "Do not rehospitalize",
      "Do not escalate",
      "Not for dialysis",
      "No escalation of care",
      "No ICU admission.",
      "No dialysis wanted",
      "keine Dialyse gewünscht",
      "No defibrillation",
    ],
  ])("%s", (text) => {
    expect(saysProhibition(text)).toBe(true);
  });
});

describe("and not where it is denied, over, asked about, or another's", () => {
  test.each([
    ...[
      "Full code",
      "For attempted cardiopulmonary resuscitation",
      "For full resuscitation",
      "patient is not DNR, full code",
    ],
    ...[
      "Do-not-resuscitate order revoked",
      "DNR order was rescinded on 2020-01-02",
      "DNR discussed, declined",
      "Discussed DNR with family",
    ],
    ...[
      "Declines DNR",
      "No DNR on file",
      "Patient does not have a DNR order",
      "Previously DNR, now full code",
      "History of DNR",
    ],
    ...[
      "was DNR during last admission",
      "Mother was DNR",
      "husband is DNR",
      "DNR? No",
      "DNR: none",
      "DNR status unknown",
    ],
    ...[
      "Consider DNR if she deteriorates",
      "would want DNR if terminal",
      "Changed from DNR to full code",
      "not DNR/DNI",
    ],
    ...[
      "No CPR was performed",
      "No intubation required",
      "No resuscitation needed at birth",
      "No blood transfusion reaction",
    ],
    ...[
      "No code blue called",
      "DNI 12345678Z",
      "did not resuscitate well with fluids",
      "No dialysis yet",
      "Walk",
      "DNRX panel",
    ],
    ...[
      "DNR-Anordnung aufgehoben",
      "Keine Intubation notwendig",
      "kein DNR",
      "Pas de transfusion nécessaire",
      "Ordre de ne pas réanimer levé",
    ],
    ...[
      "Orden de no reanimar revocada",
      "No intubación necesaria",
      "comfortable at rest only",
      "Do not give aspirin",
      "DNR - no",
      "DNR/DNI: No",
      "Do not resuscitate: No",
      "DNR of father discussed",
      "CPR: no complications",
      "DNR order present: false",
      "Suspended DNR for surgery",
      "DNR suspended for surgery",
      "REA: ja",
      "rea: no change",
      "Komfort im Bett erhöht",
      "Hospitalizations: none.",
      "No hospitalizations in the past year",
      "No ICU stay",
      "Dialysis: no",
      "keine Dialyse",
      "Dialyse: nein",
      "Pas de dialyse",
      "Diálisis: no",
      "No escalation in symptoms",
      "No defibrillator implanted",
      "No ventilator available",
      "Keine Bluttransfusionen in der Vorgeschichte",
    ],
  ])("%s", (text) => {
    expect(saysProhibition(text)).toBe(false);
  });
});

test("each piece of a long text is looked at on its own; a withdrawn order forbids nothing", async () => {
  const text = `${"The patient walks daily. ".repeat(80)}\n\nDo not resuscitate.`;
  const attachment = { contentType: "text/plain", data: Buffer.from(text).toString("base64") };
  const { entries } = await readRecord(
    bundle(
      { resourceType: "DocumentReference", content: [{ attachment }] },
      { resourceType: "ServiceRequest", status: "revoked", code: { text: "DNR" } },
      { resourceType: "Flag", status: "inactive", code: { text: "DNR" } },
      {
        resourceType: "CarePlan",
        status: "revoked",
        title: "x",
        activity: [{ detail: { doNotPerform: true } }],
      },
    ),
  );
  expect(entries.filter((it) => it.prohibition).map((it) => it.text)).toEqual(["Do not resuscitate."]);
});
