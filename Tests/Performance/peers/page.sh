#!/bin/sh
# As in a shell: base64 into curl, and sed cuts the picture out of the reply. Arguments: PICTURE URL OUT.
set -eu
{
  printf '{"contents":[{"parts":[{"text":"Please blur the background"},{"inlineData":{"mimeType":"image/jpeg","data":"'
  base64 -w0 "$1"
  printf '"}}]}],"generationConfig":{"responseModalities":["IMAGE"],"imageConfig":{"aspectRatio":"3:2","imageSize":"2K"}}}'
} | curl -sS -H 'Content-Type: application/json' -H 'Authorization: Bearer sk-benchmark' --data-binary @- \
  "$2/v1beta/models/gemini-3.1-flash-image-preview:generateContent" |
  sed 's/.*"data": *"\([^"]*\)".*/\1/' | base64 -d >"$3"
