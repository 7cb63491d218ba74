#!/bin/sh
# The least that can be done: libjpeg-turbo's own decoder at the scale nearest to 2048 pixels, straight into its encoder. Nothing is
# resampled, no color looked at. Arguments: FOLDER, then EIGHTHS and PICTURE in turn.
set -eu
folder=$1
shift
while [ $# -gt 0 ]; do
  djpeg -scale "$1/8" "$2" | cjpeg -quality 90 -optimize >"$folder/$(basename "$2")"
  shift 2
done
