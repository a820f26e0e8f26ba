BeforeDiscovery {
    # The folders where QEMU is found without the PATH.
    $hasQemu = @('C:\Program Files\qemu', 'C:\msys64\ucrt64\bin', '/opt/homebrew/bin', '/usr/local/bin', '/opt/local/bin').Where{
        [System.IO.Directory]::Exists($_) -and [System.IO.Directory]::GetFiles($_, 'qemu-system-a*')
    }.Count -gt 0
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Test-RpiLiveImage' {
    BeforeAll {
        $garbage = New-GarbageFile "$TestDrive" 'garbage.img'
    }

    It 'gives a report on a file that is no image' {
        $report = @(Test-RpiLiveImage $garbage)
        $report | Should -HaveCount 1
        $report[0].IsValid | Should -BeFalse
        $report[0].Failed | Should -BeGreaterThan 0
        $report[0].Checks[0].Result | Should -Be 'Failed'
        $report[0].Checks[0].Action | Should -Not -BeNullOrEmpty
    }

    It 'says yes or no with -Quiet' {
        Test-RpiLiveImage $garbage -Quiet | Should -BeFalse
    }

    It 'takes files from the pipeline' {
        [System.IO.FileInfo]::new($garbage) | Test-RpiLiveImage -Quiet | Should -BeFalse
    }

    It 'can be turned into JSON and back' -Skip:(-not (Get-Command ConvertTo-Json -ErrorAction Ignore)) {
        $report = Test-RpiLiveImage $garbage | ConvertTo-Json -Depth 5 | ConvertFrom-Json
        $report.IsValid | Should -BeFalse
        $report.Checks[0].Result | Should -Be 'Failed'
    }

    It 'writes a file for build servers' {
        $path = [System.IO.Path]::Combine("$TestDrive", 'report.xml')
        $null = Test-RpiLiveImage $garbage -JUnitPath $path
        $xml = [xml][System.IO.File]::ReadAllText($path)
        $xml.testsuites.testsuite.name | Should -Be 'garbage.img'
        [int]$xml.testsuites.failures | Should -BeGreaterThan 0
    }

    It 'shows what is wrong, failures first' -Skip:(-not (Get-Command Out-String -ErrorAction Ignore)) {
        $text = Test-RpiLiveImage $garbage | Out-String
        $text | Should -BeLike '*garbage.img: NOT VALID*'
        $text | Should -BeLike '*Failed*PartitionTable*'
    }

    It 'refuses <Script>' -ForEach @(
        @{ Script = { Test-RpiLiveImage $garbage -Exclude Nothing }; Id = 'CheckMissing' }
        @{ Script = { Test-RpiLiveImage $garbage -Model 'Pi 7' }; Id = 'ModelMissing' }
        @{ Script = { Test-RpiLiveImage $garbage -QemuPath qemu }; Id = 'ParametersDisagree' }
    ) {
        $errors = @(Get-ScriptError $Script)
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be "$Id,RpiLive.Commands.TestRpiLiveImageCommand"
    }

    It 'refuses files that it cannot read or write: <Id>' -ForEach @(
        @{ Id = 'PathNotFile'; Target = '.'; Arguments = @{ JUnitPath = '.' } }
        @{ Id = 'FolderMissing'; Target = $null; Arguments = @{ JUnitPath = 'missing/report.xml' } }
        @{ Id = 'FolderMissing'; Target = $null; Arguments = @{ Boot = $true; ConsoleLogPath = 'missing/console.log' } }
        @{ Id = 'PathNotFound'; Target = 'missing'; Arguments = @{ Boot = $true; QemuPath = 'missing' } }
    ) {
        $errors = @(Get-ScriptError { Test-RpiLiveImage $garbage @Arguments })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        if ($Target) {
            $errors[0].TargetObject | Should -Be $Target
        }
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'refuses a program that is no QEMU' {
        $errors = @(Get-ScriptError { Test-RpiLiveImage $garbage -Boot -QemuPath $garbage })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'QemuUnusable,*'
    }

    It 'refuses -BootTimeoutSeconds <_>' -ForEach 1, 100000 {
        $errors = @(Get-ScriptError { Test-RpiLiveImage $garbage -Boot -BootTimeoutSeconds $_ })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }
}

Describe 'Test-RpiLiveImage on a live image' {
    BeforeAll {
        $folder = "$TestDrive"
        $live = New-LiveImage $folder
        $garbage = New-GarbageFile $folder 'garbage.img'
    }

    It 'finds nothing that fails, and says what it looked at' {
        $report = Test-RpiLiveImage $live
        $report.Checks.Where{ $_.Result -eq 'Failed' }.Message | Should -BeNullOrEmpty
        $report.IsValid | Should -BeTrue
        $report.Failed | Should -Be 0
        $report.Passed + $report.Warnings + $report.Skipped | Should -Be $report.Checks.Count
        $report.Name | Should -Be 'live.img'
        $report.DurationSeconds | Should -BeGreaterThan 0
        foreach ($category in 'Structure', 'Firmware', 'Initramfs', 'Root', 'Settings', 'Safety', 'Fit') {
            $report.Checks.Category | Should -Contain $category
        }
        $report.Checks.Category -contains 'Boot' | Should -BeFalse
    }

    It 'makes the checks of -Category <_> alone' -ForEach 'Structure', 'Firmware', 'Initramfs', 'Root', 'Settings', 'Safety', 'Fit' {
        $report = Test-RpiLiveImage $live -Category $_
        $report.Checks.Count | Should -BeGreaterThan 0
        $report.Checks.Where{ $_.Category -ne $report.Checks[0].Category } | Should -BeNullOrEmpty
        $report.Checks[0].Category | Should -Be $_
    }

    It 'makes all checks but those of -Exclude' {
        $ids = (Test-RpiLiveImage $live -Category Structure, Safety -Exclude BootVolume*, passwords).Checks.Id
        $ids | Should -Contain 'PartitionTable'
        @($ids -like 'BootVolume*') | Should -BeNullOrEmpty
        $ids -contains 'Passwords' | Should -BeFalse
    }

    It 'judges boards by -Model' {
        Test-RpiLiveImage $live -Model 'Pi 4B 2GB', 'pi zero 2 w' -Quiet | Should -BeTrue
        $report = Test-RpiLiveImage $live -Category Fit -Model 'Pi Zero W'
        $report.IsValid | Should -BeFalse
        $report.Checks[0].Id | Should -Be 'RamFit'
        $report.Checks[0].Subject | Should -Be 'Pi Zero W'
        Test-RpiLiveImage $live -Quiet | Should -BeTrue
    }

    It 'gives true or false for each image with -Quiet' {
        @(Test-RpiLiveImage -LiteralPath $live, $garbage, $live -Quiet) | Should -Be @($true, $false, $true)
    }

    It 'puts all images in one file for build servers' {
        $path = [System.IO.Path]::Combine($folder, 'all.xml')
        $reports = @(Invoke-At $folder { Test-RpiLiveImage live.img, garbage.img -JUnitPath all.xml })
        $suites = ([xml][System.IO.File]::ReadAllText($path)).testsuites.testsuite
        $suites.name | Should -Be @('live.img', 'garbage.img')
        @($suites.tests) | Should -Be @("$($reports[0].Checks.Count)", "$($reports[1].Checks.Count)")
        @($suites.failures) | Should -Be @('0', "$($reports[1].Failed)")
    }

    It 'says that it started nothing without QEMU' -Skip:$hasQemu {
        $path = $env:PATH
        $env:PATH = ''
        try {
            $report = Test-RpiLiveImage $live -Category Boot -Boot -BootTimeoutSeconds 10
        }
        finally {
            $env:PATH = $path
        }
        @($report.Checks.Result) -ne 'Skipped' | Should -BeNullOrEmpty
        $report.IsValid | Should -BeTrue
    }

    It 'starts the image in QEMU where RPILIVE_TEST_BOOT asks for it' -Skip:(-not $env:RPILIVE_TEST_BOOT) {
        # The kernels of this image are no kernels: what can be told is that they did not start, and the console log is there.
        $log = [System.IO.Path]::Combine($folder, 'console.log')
        $report = Test-RpiLiveImage $live -Category Boot -Boot -BootTimeoutSeconds 10 -ConsoleLogPath $log
        $report.Checks.Id | Should -Contain 'BootKernel'
    }

    It 'comes back from another computer with all that it says' {
        $report = Test-RpiLiveImage $garbage
        $copy = ConvertTo-Deserialized $report
        $copy.PSTypeNames | Should -Contain 'Deserialized.RpiLive.RpiLiveTestReport'
        $copy.IsValid | Should -BeFalse
        "$($copy.Checks)" | Should -Be "$($report.Checks)"
    }
}

Describe 'Test-RpiLiveImage on a live image, named by RPILIVE_LIVE_IMAGE' {
    It 'finds nothing that fails' -Skip:(-not $env:RPILIVE_LIVE_IMAGE) {
        $report = Get-RpiLiveImage -LiteralPath $env:RPILIVE_LIVE_IMAGE | Test-RpiLiveImage
        @($report.Checks | Where-Object Result -EQ 'Failed' | ForEach-Object Message) | Should -BeNullOrEmpty
        $report.IsValid | Should -BeTrue
    }

    It 'judges boards' -Skip:(-not $env:RPILIVE_LIVE_IMAGE) {
        Test-RpiLiveImage -LiteralPath $env:RPILIVE_LIVE_IMAGE -Category Fit -Model 'Pi 4B 2GB' -Quiet | Should -BeTrue
        Test-RpiLiveImage -LiteralPath $env:RPILIVE_LIVE_IMAGE -Category Fit -Model 'Pi Zero W' -Quiet | Should -BeFalse
    }
}
