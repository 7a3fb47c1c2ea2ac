service "pushsafer" {
  title   = "Pushsafer"
  doc     = "Delivers to the devices of a Pushsafer account; one needs its private key or an alias key."
  site    = "https://www.pushsafer.com/en/pushapi"
  schemas = ["psafer", "psafers"]
  urls    = ["psafer|psafers://{key}/{devices...?}"]

  field "key" {
    type     = "secret"
    doc      = "The private key, or an alias key, which names what is sent."
    required = true
  }
  field "tls" {
    type    = "bool"
    doc     = "Send over HTTPS, so that nobody on the way reads the key; psafer:// addresses mean no, psafers:// yes."
    default = true
    schemas = { psafer = false }
  }
  field "devices" {
    type    = "list"
    doc     = "Ids of devices, or of groups with gs before the number; a stands for all."
    example = ["12", "gs23"]
    default = ["a"]
    query   = ["to"]
  }
  field "priority" {
    doc     = "How loud messages are; auto goes by their severity."
    example = "auto"
    query   = ["priority"]
    words = {
      auto      = []
      low       = ["-2", "l", "very low"]
      moderate  = ["-1", "m"]
      normal    = ["0", "n"]
      high      = ["1", "h"]
      emergency = ["2", "e"]
    }
  }
  field "sound" {
    doc     = "The number of a sound, from 0 for none to 62, or the name that Apprise has for it."
    example = "14"
    query   = ["sound"]
    words = {
      "0"  = ["silent"]
      "1"  = ["ahem"]
      "2"  = ["applause"]
      "3"  = ["arrow"]
      "4"  = ["baby"]
      "5"  = ["bell"]
      "6"  = ["bicycle", "bike"]
      "7"  = ["boing"]
      "8"  = ["buzzer"]
      "9"  = ["camera"]
      "10" = ["carhorn", "horn"]
      "11" = ["cashregister"]
      "12" = ["chime"]
      "13" = ["creakydoor"]
      "14" = ["cuckooclock", "cuckoo"]
      "15" = ["disconnect"]
      "16" = ["dog"]
      "17" = ["doorbell"]
      "18" = ["fanfare"]
      "19" = ["gunshot"]
      "20" = ["honk"]
      "21" = ["jawharp"]
      "22" = ["morse"]
      "23" = ["electric"]
      "24" = ["radiotuner"]
      "25" = ["sirens"]
      "26" = ["militarytrumpets", "military", "trumpets"]
      "27" = ["ufo"]
      "28" = ["whahwhah"]
      "29" = ["goodbye", "goodye"]
      "30" = ["hello"]
      "31" = ["no"]
      "32" = ["okay", "ok"]
      "33" = ["ooohhhweee"]
      "34" = ["warn", "warning"]
      "35" = ["welcome"]
      "36" = ["yeah"]
      "37" = ["yes"]
      "38" = ["beep", "beep1"]
      "39" = ["weee", "wee"]
      "40" = ["cutinout"]
      "41" = ["flickglass"]
      "42" = ["whah"]
      "43" = ["laser"]
      "44" = ["windchime"]
      "45" = ["echo"]
      "46" = ["zipper"]
      "47" = ["hihat"]
      "48" = ["beep2"]
      "49" = ["beep3"]
      "50" = ["beep4"]
      "51" = ["alarmarmed", "armed"]
      "52" = ["alarmdisarmed", "disarmed"]
      "53" = ["backupready"]
      "54" = ["doorclosed", "dclosed"]
      "55" = ["dooropen", "dopen"]
      "56" = ["windowclosed", "wclosed"]
      "57" = ["windowopen", "wopen"]
      "58" = ["lighton", "lon"]
      "59" = ["lightoff", "loff"]
      "60" = ["doorbellrang"]
      "61" = []
      "62" = []
    }
  }
  field "vibration" {
    doc     = "How often devices vibrate, from 1 to 3."
    example = "2"
    query   = ["vibration"]
    match   = "[0-3]"
  }

  message {
    formats = ["text"]
  }

  level "priority" {
    info    = "moderate"
    success = "moderate"
    warning = "high"
    failure = "emergency"
  }

  request {
    each = ["<devices"]
    url  = "http{{ if .channel.tls }}s{{ end }}://www.pushsafer.com/api"
    form = {
      t  = "{{ .title }}"
      m  = "{{ .body }}"
      i  = 25
      c  = "{{ .color }}"
      d  = "{{ .target }}"
      s  = "{{ .channel.sound }}"
      v  = "{{ .channel.vibration }}"
      pr = "{{ only .channel.priority (get (dict `low` -2 `moderate` -1 `normal` 0 `high` 1 `emergency` 2) (ternary .level.priority .channel.priority (eq .channel.priority `auto`))) }}"
      k  = "{{ .channel.key }}"
    }
  }

  success {
    json = { status = 1 }
  }
  failure {
    why = ["error"]
  }
  refusal "bad_token" {
    text = "(?i)private key|alias key|\\bkey\\b"
    do   = "set key to the private key that the dashboard of Pushsafer shows"
  }
  refusal "no_device" {
    text = "(?i)device"
    do   = "correct devices: their ids stand in the dashboard of Pushsafer"
  }
  refusal "no_calls_left" {
    text = "[Aa]vailable.*(?:calls|requests)|API calls"
    do   = "buy further API calls in the dashboard of Pushsafer"
  }
  receipt = "message_ids"
}
