import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";

const textsOf = async (text: string) => (await readRecord(text)).entries.map((it) => it.text);

describe("lines that are statements of their own stay apart in one line", () => {
  test.each<[string, string, string]>([
    ["a list", "Drugs\n- Aspirin 100 mg\n- Statin 20 mg", "Drugs; - Aspirin 100 mg; - Statin 20 mg"],
    ["one a line", "No fever\nCough since May\nSmoker", "No fever; Cough since May; Smoker"],
    ["a form", "Pulse: 80\nPain: none\nPressure: 120/80", "Pulse: 80; Pain: none; Pressure: 120/80"],
    ["numbers", "1. gout\n2. asthma", "1. gout; 2. asthma"],
    ["Chinese", "无发热\n咳嗽三天\n无过敏史", "无发热; 咳嗽三天; 无过敏史"],
    ["after a stop", "No fever.\nCough:\nNone", "No fever. Cough: None"],
  ])("%s", async (_name, text, expected) => {
    expect(await textsOf(text)).toEqual([expected]);
  });

  test("in texts that a resource carries, too", async () => {
    const data = Buffer.from("No fever\nCough since May").toString("base64");
    const content = [{ attachment: { contentType: "text/plain", data } }];
    const { entries } = await readRecord({ resourceType: "DocumentReference", content });
    expect(entries.at(-1)?.text).toBe("No fever; Cough since May");
  });
});

describe("a sentence that was broken stays one", () => {
  test.each<[string, string, string]>([
    ["before a small letter", "The patient walks\nwithout pain", "The patient walks without pain"],
    ["after a word that needs another", "Seen by the\nCardiologist", "Seen by the Cardiologist"],
    ["after a comma", "Pain, cough,\nFever", "Pain, cough, Fever"],
    [
      "where its line was full",
      "Er klagt seit der letzten Woche über Schmerzen im linken\nKnie und kann schlecht gehen",
      "Er klagt seit der letzten Woche über Schmerzen im linken Knie und kann schlecht gehen",
    ],
  ])("%s", async (_name, text, expected) => {
    expect(await textsOf(text)).toEqual([expected]);
  });

  test.each(["DO NOT\nRESUSCITATE", "COMFORT\nMEASURES ONLY", "Not for\nCPR", "NO\nCPR"])(
    "an order over two lines is one: %s",
    async (text) => {
      const { entries } = await readRecord(text);
      expect(entries).toMatchObject([{ prohibition: true }]);
    },
  );
});
