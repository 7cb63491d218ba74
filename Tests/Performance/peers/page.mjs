// As on the gateway's page for Node: read, encode, post, decode, write. Arguments: PICTURE URL OUT.
import fs from "node:fs";

const [picture, url, out] = process.argv.slice(2);
const data = fs.readFileSync(picture).toString("base64");
const response = await fetch(`${url}/v1beta/models/gemini-3.1-flash-image-preview:generateContent`, {
  method: "POST",
  headers: { Authorization: "Bearer sk-benchmark", "Content-Type": "application/json" },
  body: JSON.stringify({
    contents: [{ parts: [{ text: "Please blur the background" }, { inlineData: { mimeType: "image/jpeg", data } }] }],
    generationConfig: { responseModalities: ["IMAGE"], imageConfig: { aspectRatio: "3:2", imageSize: "2K" } },
  }),
});
const reply = await response.json();
fs.writeFileSync(out, Buffer.from(reply.candidates[0].content.parts[0].inlineData.data, "base64"));
