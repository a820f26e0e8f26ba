BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Remove-RpiLiveZram' {
    BeforeAll {
        $live = New-LiveImage "$TestDrive"
        $garbage = New-GarbageFile "$TestDrive" 'garbage.img'
    }

    It 'takes zram out' {
        (Add-RpiLiveZram $live -Force).Zram.Percent | Should -Be 50
        (Remove-RpiLiveZram -LiteralPath $live).Zram | Should -BeNullOrEmpty
        (Get-RpiLiveImage $live).Zram | Should -BeNullOrEmpty
    }

    It 'leaves an image alone that has none, and emits it' {
        $null = Remove-RpiLiveZram $live
        $before = Get-FileState $live
        (Remove-RpiLiveZram $live).Path | Should -Be $live
        Get-FileState $live | Should -Be $before
    }

    It 'says that a file is no live image' {
        $errors = @(Get-ScriptError { Remove-RpiLiveZram $garbage })
        $errors | Should -HaveCount 1
        $errors[0].TargetObject | Should -Be $garbage
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
